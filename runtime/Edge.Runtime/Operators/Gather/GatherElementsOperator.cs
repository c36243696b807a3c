using Edge.Tensors;

namespace Edge.Runtime.Operators.Gather;

/// <summary>GatherElements: each element of the output takes its place along <c>axis</c> from the indices, and its other coordinates from its own.</summary>
internal sealed class GatherElementsOperator() : Operator("GatherElements", "", 11, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Moves;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireType(1, DataType.Int32, DataType.Int64);
        c.RequireRank(0, 1);
        var x = c.Shape(0);
        var y = c.Shape(1);
        int axis = c.Node.Axis(c.Attributes.Int("axis", 0), x.Rank);
        ElementPlaces.RequireFit(c, x, y, axis);
        c.Output(0, c.Type(0), y);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int axis = c.Node.Axis(c.Attributes.Int("axis", 0), x.Rank);
        var places = new ElementPlaces(c.Node.Path, x, c.Shape(1), axis, c.Type(1) == DataType.Int64);
        return new GatherElementsExecutor(places, c.Type(0).Size());
    }
}
