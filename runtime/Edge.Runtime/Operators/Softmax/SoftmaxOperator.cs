using Edge.Kernels.Reduction;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Softmax;

/// <summary>
/// Softmax and LogSoftmax. Before opset 13 the tensor counts as the matrix <c>[d₀·…·d(axis−1), d(axis)·…]</c> and each of its
/// rows is one set; since then a set lies along <c>axis</c> alone.
/// </summary>
internal sealed class SoftmaxOperator(string opType, bool logarithm) : Operator(opType, "", 1, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.RequireRank(0, 1);
        ReadAxis(c.Node, c.Shape(0).Rank);
        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        // The rows of the old definition are not rows any more when axes change places.
        if (node.Opset < 13) return false;
        node.Attributes.Set("axis", (long)ChannelsLastAxis(ReadAxis(node, rank), rank));
        return true;
    }

    public override Executor Prepare(PrepareContext c)
    {
        var shape = c.Shape(0);
        int axis = ReadAxis(c.Node, shape.Rank);
        bool rows = c.Node.Opset < 13;
        return new SoftmaxExecutor(c.Kernels.Reduction.Softmax, shape.Product(0, axis),
            rows ? shape.Product(axis, shape.Rank) : shape[axis], rows ? 1 : shape.Product(axis + 1, shape.Rank), logarithm);
    }

    private static int ReadAxis(Node node, int rank) => node.Axis(node.Attributes.Int("axis", node.Opset < 13 ? 1 : -1), rank);
}

internal sealed unsafe class SoftmaxExecutor(SoftmaxKernel kernel, int outer, int length, int inner, bool logarithm) : Executor
{
    public override string Kernel => kernel.Name;

    public override void Execute(in StepContext c) => kernel.Run(c.Input<float>(0), c.Output<float>(0), outer, length, inner, logarithm, c.Pool);
}
