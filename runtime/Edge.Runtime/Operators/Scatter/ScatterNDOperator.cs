using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Gather;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Scatter;

/// <summary>ScatterND: the data with slices written, or added and so on, where tuples of coordinates say. Updates are taken in order.</summary>
internal sealed class ScatterNDOperator() : Operator("ScatterND", "", 11, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => Reduction.Read(node, 16, 18) is null ? HalfRole.Moves : HalfRole.Computes;

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireType(1, DataType.Int64);
        c.RequireType(2, c.Type(0));
        c.RequireRank(0, 1);
        c.RequireRank(1, 1);
        var x = c.Shape(0);
        var indices = c.Shape(1);
        int depth = indices[^1];
        if (depth < 1 || depth > x.Rank) throw c.Error($"indices {indices} do not address data {x}");
        var updates = new Shape([.. indices.Dims[..^1], .. x.Dims[depth..]]);
        if (c.Shape(2) != updates) throw c.Error($"updates {c.Shape(2)} must have the shape {updates}");
        if (Reduction.Read(c.Node, 16, 18) is not null) c.RequireType(0, Reduction.Types);
        c.Output(0, c.Type(0), x);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var places = new CoordinatePlaces(c.Node.Path, c.Shape(0), c.Shape(1), 0, c.Type(0).Size());
        return new ScatterNDExecutor(places, c.Shape(0).Count, c.Type(0), Reduction.Read(c.Node, 16, 18));
    }
}
