using Edge.Kernels.Recurrent;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Recurrent;

/// <summary>LSTM, with peepholes, coupled gates and clipping.</summary>
internal sealed class LstmOperator() : RecurrentOperator("LSTM", 4, 8, 3)
{
    protected override void Validate(InferContext c, in RecurrentNode node) => Validate(c.Node, node);

    protected override RecurrentCell Cell(PrepareContext c, in RecurrentNode node)
    {
        var s = node.Shape;
        return new LstmSteps(Kernels(c, node), new PackedProducts(c, RecurrentNode.R, s.Hidden, [.. Enumerable.Repeat(4 * s.Hidden, s.Directions)]), s.Hidden);
    }

    /// <summary>What an LSTM has beyond other recurrent nodes.</summary>
    public static void Validate(Node node, in RecurrentNode recurrent)
    {
        var s = recurrent.Shape;
        RecurrentNode.Require(node, RecurrentNode.InitialC, s.State.ToArray());
        RecurrentNode.Require(node, RecurrentNode.Peepholes, [s.Directions, 3 * s.Hidden]);
        ReadActivations(node, recurrent);
        IsCoupled(node);
    }

    /// <summary>The cell of each direction.</summary>
    public static LstmCell[] Kernels(PrepareContext c, RecurrentNode node)
    {
        var a = ReadActivations(c.Node, node);
        bool coupled = IsCoupled(c.Node);
        return [.. Enumerable.Range(0, node.Shape.Directions).Select(d => c.Kernels.Recurrent.Lstm(a[3 * d], a[3 * d + 1], a[3 * d + 2], node.Clip, coupled, node.Shape.Hidden))];
    }

    private static RecurrentActivation[] ReadActivations(Node node, in RecurrentNode recurrent) =>
        RecurrentActivations.Read(node, recurrent.Shape.Directions, RecurrentFunction.Sigmoid, RecurrentFunction.Tanh, RecurrentFunction.Tanh);

    private static bool IsCoupled(Node node) => node.Attributes.Int("input_forget", 0) != 0;
}
