using Edge.Tensors;

namespace Edge.Runtime.Operators.Gather;

/// <summary>
/// GatherND: the last axis of the indices holds coordinates of the data's leading axes, after <c>batch_dims</c> axes that
/// both have in common (opset 12 on).
/// </summary>
internal sealed class GatherNDOperator() : Operator("GatherND", "", 11, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Moves;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireType(1, DataType.Int64);
        c.RequireRank(0, 1);
        c.RequireRank(1, 1);
        var x = c.Shape(0);
        var indices = c.Shape(1);
        long batch = Batch(c.Node);
        int depth = indices[^1];
        if (batch < 0 || batch >= Math.Min(x.Rank, indices.Rank) || depth < 1 || batch + depth > x.Rank || !x.Dims[..(int)batch].SequenceEqual(indices.Dims[..(int)batch]))
            throw c.Error($"indices {indices} with batch_dims {batch} do not address data {x}");
        c.Output(0, c.Type(0), new Shape([.. indices.Dims[..^1], .. x.Dims[((int)batch + depth)..]]));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var places = new CoordinatePlaces(c.Node.Path, c.Shape(0), c.Shape(1), (int)Batch(c.Node), c.Type(0).Size());
        return new GatherNDExecutor(places);
    }

    private static long Batch(Graph.Node node) => node.Opset < 12 ? 0 : node.Attributes.Int("batch_dims", 0);
}
