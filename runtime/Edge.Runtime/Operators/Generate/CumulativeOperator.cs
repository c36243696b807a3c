using Edge.Tensors;

namespace Edge.Runtime.Operators.Generate;

/// <summary>
/// CumSum and CumProd: running sums or products along an axis, from the end with <c>reverse</c>, without the element itself
/// with <c>exclusive</c>.
/// </summary>
internal sealed class CumulativeOperator(string opType, int minOpset, bool product) : Operator(opType, "", minOpset, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64, DataType.Int32, DataType.Int64, DataType.UInt32, DataType.UInt64);
        c.RequireType(1, DataType.Int32, DataType.Int64);
        c.RequireRank(0, 1);
        if (c.Shape(1).Count != 1) throw c.Error($"axis has shape {c.Shape(1)}; it must be one number");
        c.Attributes.Int("exclusive", 0);
        c.Attributes.Int("reverse", 0);
        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c) => new CumulativeExecutor(
        c.Node.Path, c.Shape(0), c.Type(0), c.Type(1) == DataType.Int64, product, c.Attributes.Int("exclusive", 0) != 0, c.Attributes.Int("reverse", 0) != 0);
}
