using Edge.Tensors;

namespace Edge.Runtime.Operators.Select;

/// <summary>NonZero: the coordinates of all elements that are not zero, <c>[rank, count]</c>, in row-major order.</summary>
internal sealed class NonZeroOperator() : Operator("NonZero", "", 9, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Moves;

    public override void Infer(InferContext c)
    {
        c.RequireNumbers(0);
        c.DataDependent(0, DataType.Int64);
    }

    public override Executor Prepare(PrepareContext c) => new NonZeroExecutor(c.Shape(0), c.Type(0));
}
