using Edge.Runtime.Operators.Cast;
using Edge.Runtime.Operators.Constants;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Signal;

/// <summary>
/// HannWindow, HammingWindow and BlackmanWindow: <c>a₀ − a₁ cos 2πn/N + a₂ cos 4πn/N</c>, where N is <c>size</c>, or
/// size − 1 for a window that is symmetric instead of periodic. Computed in double.
/// </summary>
internal sealed class WindowOperator(string opType, double a0, double a1, double a2 = 0) : Operator(opType, "", 17, OperatorCatalog.LatestOpset)
{
    private const int MaxSize = 1 << 22;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Int32, DataType.Int64);
        if (c.Shape(0).Count != 1) throw c.Error($"size has shape {c.Shape(0)}; it must be one number");
        c.Attributes.Int("periodic", 1);
        var type = OutputType.Read(c.Node);
        if (c.ConstantInts(0) is not [var size])
        {
            c.DataDependent(0, type);
            return;
        }

        if (size is < 0 or > MaxSize) throw c.Error($"size {size} is not supported; supported: 0 to {MaxSize}");
        c.Output(0, type, new Shape((int)size));
    }

    public override Executor Prepare(PrepareContext c)
    {
        int size = c.OutputShape()[0];
        double period = c.Attributes.Int("periodic", 1) != 0 ? size : size - 1;
        double[] window = new double[size];
        for (int n = 0; n < size; n++)
        {
            double angle = period > 0 ? 2 * Math.PI * n / period : Math.PI;
            window[n] = a0 - a1 * Math.Cos(angle) + a2 * Math.Cos(2 * angle);
        }

        return new KnownExecutor(OpType.ToLowerInvariant(), OutputType.Convert(Tensor.Create<double>(new Shape(size), window), c.OutputType()));
    }
}

/// <summary>The attribute <c>output_datatype</c>.</summary>
internal static class OutputType
{
    public static DataType Read(Graph.Node node)
    {
        long type = node.Attributes.Int("output_datatype", (long)DataType.Float32);
        if (type is < 0 or > byte.MaxValue || (DataType)type is DataType.Bool or DataType.String || ((DataType)type).Size() == 0) throw node.Error($"output_datatype {type} is not supported; supported: numbers");
        return (DataType)type;
    }

    public static unsafe Tensor Convert(Tensor doubles, DataType type)
    {
        if (type == DataType.Float64) return doubles;
        var converted = Tensor.Create(type, doubles.Shape);
        ElementCast.Find(DataType.Float64, type)(doubles.Data, converted.Data, doubles.Count);
        GC.KeepAlive(doubles);
        return converted;
    }
}
