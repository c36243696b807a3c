using System.Numerics;
using Edge.Runtime.Operators.Cast;
using Edge.Runtime.Operators.Constants;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Generate;

/// <summary>Range: <c>start + i · delta</c> for <c>max(⌈(limit − start) / delta⌉, 0)</c> values of i.</summary>
internal sealed class RangeOperator() : Operator("Range", "", 11, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64, DataType.Int16, DataType.Int32, DataType.Int64);
        for (int i = 0; i < 3; i++)
        {
            c.RequireType(i, c.Type(0));
            if (c.Shape(i).Count != 1) throw c.Error($"input {i} has shape {c.Shape(i)}; it must be one number");
        }

        if (c.Opset >= 27) c.Attributes.Int("stash_type", (long)DataType.Float32);
        if (c.Constant(0) is { } start && c.Constant(1) is { } limit && c.Constant(2) is { } delta)
            c.Output(0, c.Type(0), new Shape(Count(c.Node, start, limit, delta)));
        else
            c.DataDependent(0, c.Type(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var (start, delta) = (c.Constant(0)!, c.Constant(2)!);
        int count = c.OutputShape().Count;
        return new KnownExecutor("range", c.Type(0) switch
        {
            DataType.Float64 => Fill<double>(start, delta, count),
            DataType.Int16 => Fill<short>(start, delta, count),
            DataType.Int32 => Fill<int>(start, delta, count),
            DataType.Int64 => Fill<long>(start, delta, count),
            _ => Fill<float>(start, delta, count),
        });
    }

    private static int Count(Graph.Node node, Tensor start, Tensor limit, Tensor delta)
    {
        if (start.Type == DataType.Int64)
        {
            // int64 has more digits than float64.
            var (a, b, d) = ((Int128)start.AsSpan<long>()[0], (Int128)limit.AsSpan<long>()[0], (Int128)delta.AsSpan<long>()[0]);
            if (d == 0) throw node.Error("a delta of 0 is not supported; supported: any other");
            var n = d > 0 ? (b - a + d - 1) / d : (a - b - d - 1) / -d;
            return checked((int)Int128.Max(n, 0));
        }

        double step = As(delta, DataType.Float64).AsSpan<double>()[0];
        double count = Math.Ceiling((As(limit, DataType.Float64).AsSpan<double>()[0] - As(start, DataType.Float64).AsSpan<double>()[0]) / step);
        if (double.IsNaN(count) || count > int.MaxValue) throw node.Error($"a range with delta {step} has no usable number of elements");
        return (int)Math.Max(count, 0);
    }

    private static unsafe Tensor As(Tensor t, DataType type)
    {
        if (t.Type == type) return t;
        var converted = Tensor.Create(type, t.Shape);
        ElementCast.Find(t.Type, type)(t.Data, converted.Data, t.Count);
        GC.KeepAlive(t);
        return converted;
    }

    private static Tensor Fill<T>(Tensor start, Tensor delta, int count) where T : unmanaged, INumber<T>
    {
        var y = Tensor.Create<T>(new Shape(count));
        var span = y.AsSpan<T>();
        T first = start.AsSpan<T>()[0], step = delta.AsSpan<T>()[0];
        for (int i = 0; i < count; i++) span[i] = first + T.CreateTruncating(i) * step;
        return y;
    }
}
