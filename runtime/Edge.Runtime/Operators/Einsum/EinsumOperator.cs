using Edge.Tensors;

namespace Edge.Runtime.Operators.Einsum;

/// <summary>
/// Einsum: products of operands' elements, summed over the labels that the result does not have. Of float32, it is a chain
/// of matrix products, two operands at a time; of other types a plain loop.
/// </summary>
internal sealed class EinsumOperator() : Operator("Einsum", "", 12, OperatorCatalog.LatestOpset)
{
    /// <summary>A plain loop over more would take an hour.</summary>
    private const long MaxPlainProducts = 1L << 40;

    public override void Infer(InferContext c)
    {
        if (c.InputCount == 0) throw c.Error("there is no operand");
        c.RequireType(0, DataType.Float32, DataType.Float64, DataType.Int32, DataType.Int64, DataType.UInt32, DataType.UInt64);
        for (int i = 1; i < c.InputCount; i++) c.RequireType(i, c.Type(0));
        var shapes = new Shape[c.InputCount];
        for (int i = 0; i < shapes.Length; i++) shapes[i] = c.Shape(i);
        var equation = EinsumEquation.Read(c.Node, shapes);
        double products = equation.Sizes.Aggregate(1.0, (p, d) => p * d);
        if (c.Type(0) != DataType.Float32 && products > MaxPlainProducts)
            throw c.Error($"{products:0} products of {c.Type(0).OnnxName()} are not supported; supported: {MaxPlainProducts}, or any number of float");
        c.Output(0, c.Type(0), equation.Output);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var shapes = new Shape[c.Node.Inputs.Count];
        for (int i = 0; i < shapes.Length; i++) shapes[i] = c.Shape(i);
        var equation = EinsumEquation.Read(c.Node, shapes);
        return c.Type(0) switch
        {
            DataType.Float32 when !shapes.Any(s => s.Count == 0) => new EinsumExecutor(new EinsumChain(c, equation, shapes), shapes.Length),
            DataType.Float32 => new PlainEinsumExecutor<float>(equation, shapes),
            DataType.Float64 => new PlainEinsumExecutor<double>(equation, shapes),
            DataType.Int32 => new PlainEinsumExecutor<int>(equation, shapes),
            DataType.Int64 => new PlainEinsumExecutor<long>(equation, shapes),
            DataType.UInt32 => new PlainEinsumExecutor<uint>(equation, shapes),
            _ => new PlainEinsumExecutor<ulong>(equation, shapes),
        };
    }
}
