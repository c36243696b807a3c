using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Reshape;

/// <summary>An operator whose output 0 is the memory of input 0 under another shape.</summary>
internal abstract class ViewOperator(string opType, int minOpset) : Operator(opType, "", minOpset, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Moves;

    public override int ViewOfInput(Node node) => 0;

    public override Executor Prepare(PrepareContext c) =>
        new ViewExecutor(OpType.ToLowerInvariant(), (nint)c.Shape(0).Count * c.Type(0).Size());
}
