using Edge.Kernels.Recurrent;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Recurrent;

/// <summary>RNN.</summary>
internal sealed class RnnOperator() : RecurrentOperator("RNN", 1, 6, 2)
{
    protected override void Validate(InferContext c, in RecurrentNode node) => ReadActivations(c.Node, node);

    protected override RecurrentCell Cell(PrepareContext c, in RecurrentNode node)
    {
        var s = node.Shape;
        float clip = node.Clip;
        var kernels = ReadActivations(c.Node, node).Select(a => c.Kernels.Recurrent.Rnn(a, clip, s.Hidden));
        return new RnnSteps([.. kernels], new PackedProducts(c, RecurrentNode.R, s.Hidden, [.. Enumerable.Repeat(s.Hidden, s.Directions)]), s.Hidden);
    }

    private static RecurrentActivation[] ReadActivations(Node node, in RecurrentNode recurrent) =>
        RecurrentActivations.Read(node, recurrent.Shape.Directions, RecurrentFunction.Tanh);
}
