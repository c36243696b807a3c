using Edge.Kernels.Recurrent;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Recurrent;

/// <summary>GRU, the reset before the product or, with <c>linear_before_reset</c>, after it.</summary>
internal sealed class GruOperator() : RecurrentOperator("GRU", 3, 6, 2)
{
    protected override void Validate(InferContext c, in RecurrentNode node)
    {
        ReadActivations(c.Node, node);
        IsLinearBeforeReset(c.Node);
    }

    protected override RecurrentCell Cell(PrepareContext c, in RecurrentNode node)
    {
        var s = node.Shape;
        float clip = node.Clip;
        bool linear = IsLinearBeforeReset(c.Node);
        var a = ReadActivations(c.Node, node);
        var kernels = Enumerable.Range(0, s.Directions).Select(d => c.Kernels.Recurrent.Gru(a[2 * d], a[2 * d + 1], clip, s.Hidden));
        int[] blocks = linear ? [3 * s.Hidden] : [2 * s.Hidden, s.Hidden];
        int[] all = s.Directions == 1 ? blocks : [.. blocks, .. blocks];
        return new GruSteps([.. kernels], new PackedProducts(c, RecurrentNode.R, s.Hidden, all), linear, s.Hidden);
    }

    private static RecurrentActivation[] ReadActivations(Node node, in RecurrentNode recurrent) =>
        RecurrentActivations.Read(node, recurrent.Shape.Directions, RecurrentFunction.Sigmoid, RecurrentFunction.Tanh);

    private static bool IsLinearBeforeReset(Node node) => node.Attributes.Int("linear_before_reset", 0) != 0;
}
