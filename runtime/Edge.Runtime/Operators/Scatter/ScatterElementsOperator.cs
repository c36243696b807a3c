using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Gather;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Scatter;

/// <summary>
/// ScatterElements, and Scatter of opsets 9 and 10: the data with updates written, or added and so on, at places that take
/// their coordinate along <c>axis</c> from the indices. Updates are taken in order.
/// </summary>
internal sealed class ScatterElementsOperator(string opType, int minOpset, int maxOpset) : Operator(opType, "", minOpset, maxOpset)
{
    public override HalfRole Halves(Node node) => Reduction.Read(node, 16, 18) is null ? HalfRole.Moves : HalfRole.Computes;

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireType(1, DataType.Int32, DataType.Int64);
        c.RequireType(2, c.Type(0));
        c.RequireRank(0, 1);
        int axis = c.Node.Axis(c.Attributes.Int("axis", 0), c.Shape(0).Rank);
        ElementPlaces.RequireFit(c, c.Shape(0), c.Shape(1), axis);
        if (c.Shape(2) != c.Shape(1)) throw c.Error($"updates {c.Shape(2)} must have the shape of the indices {c.Shape(1)}");
        if (Reduction.Read(c.Node, 16, 18) is not null) c.RequireType(0, Reduction.Types);
        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int axis = c.Node.Axis(c.Attributes.Int("axis", 0), x.Rank);
        var places = new ElementPlaces(c.Node.Path, x, c.Shape(1), axis, c.Type(1) == DataType.Int64);
        return new ScatterElementsExecutor(places, x.Count, c.Type(0), Reduction.Read(c.Node, 16, 18));
    }
}
