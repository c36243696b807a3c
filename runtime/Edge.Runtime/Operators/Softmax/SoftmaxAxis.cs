using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Softmax;

/// <summary>
/// The sets of Softmax, LogSoftmax and Hardmax: along the second axis of <c>[Outer, Length, Inner]</c>. Before opset 13 the
/// tensor counts as the matrix <c>[d₀·…·d(axis−1), d(axis)·…]</c> and each of its rows is one set; since then a set lies along
/// <c>axis</c> alone.
/// </summary>
internal readonly record struct SoftmaxAxis(int Outer, int Length, int Inner)
{
    public static SoftmaxAxis Read(Node node, Shape shape)
    {
        int axis = Axis(node, shape.Rank);
        int outer = shape.Product(0, axis);
        return node.Opset < 13
            ? new SoftmaxAxis(outer, shape.Product(axis, shape.Rank), 1)
            : new SoftmaxAxis(outer, shape[axis], shape.Product(axis + 1, shape.Rank));
    }

    /// <summary>The attribute <c>axis</c>, counted from the front.</summary>
    public static int Axis(Node node, int rank) => node.Axis(node.Attributes.Int("axis", node.Opset < 13 ? 1 : -1), rank);
}
