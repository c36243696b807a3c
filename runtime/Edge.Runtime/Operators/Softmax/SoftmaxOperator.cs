using Edge.Kernels.Reduction;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Softmax;

/// <summary>Softmax and LogSoftmax, over the sets of <see cref="SoftmaxAxis"/>.</summary>
internal sealed class SoftmaxOperator(string opType, bool logarithm) : Operator(opType, "", 1, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64);
        c.RequireRank(0, 1);
        SoftmaxAxis.Read(c.Node, c.Shape(0));
        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        // The rows of the old definition are not rows any more when axes change places.
        if (node.Opset < 13) return false;
        node.Attributes.Set("axis", (long)ChannelsLastAxis(SoftmaxAxis.Axis(node, rank), rank));
        return true;
    }

    public override Executor Prepare(PrepareContext c)
    {
        var axis = SoftmaxAxis.Read(c.Node, c.Shape(0));
        return c.Type(0) == DataType.Float32 ? new SoftmaxExecutor(c.Kernels.Reduction.Softmax, axis, logarithm) : new SoftmaxF64Executor(axis, logarithm);
    }
}

internal sealed unsafe class SoftmaxExecutor(SoftmaxKernel kernel, SoftmaxAxis axis, bool logarithm) : Executor
{
    public override string Kernel => kernel.Name;

    public override void Execute(in StepContext c) =>
        kernel.Run(c.Input<float>(0), c.Output<float>(0), axis.Outer, axis.Length, axis.Inner, logarithm, c.Pool);
}
