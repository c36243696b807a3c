using Edge.Kernels.Layout;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Gather;

/// <summary>Gather: rows of the data along <c>axis</c>, picked by a tensor of indices.</summary>
internal sealed class GatherOperator() : Operator("Gather", "", 1, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Moves;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireType(1, DataType.Int32, DataType.Int64);
        c.RequireRank(0, 1);
        var x = c.Shape(0);
        int axis = c.Node.Axis(c.Attributes.Int("axis", 0), x.Rank);
        c.Output(0, c.Type(0), new Shape([.. x.Dims[..axis], .. c.Shape(1).Dims, .. x.Dims[(axis + 1)..]]));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int axis = c.Node.Axis(c.Attributes.Int("axis", 0), x.Rank);
        nint row = (nint)x.Product(axis + 1, x.Rank) * c.Type(0).Size();
        var rows = new GatherRows(x.Product(0, axis), x[axis], row, c.Shape(1).Count);
        return new GatherExecutor(c.Node.Path, rows, x[axis], c.Type(1) == DataType.Int64);
    }
}
