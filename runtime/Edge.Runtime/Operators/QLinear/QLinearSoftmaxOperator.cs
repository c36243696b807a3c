using Edge.Kernels.Quantize;
using Edge.Kernels.Reduction;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Quantization;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QLinear;

/// <summary>
/// QLinearSoftmax of com.microsoft: inputs X, X_scale, X_zero_point, Y_scale, Y_zero_point; dequantize, Softmax of the opset
/// that the attribute <c>opset</c> names, quantize.
/// </summary>
internal sealed class QLinearSoftmaxOperator() : Operator("QLinearSoftmax", OperatorCatalog.Microsoft)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.UInt8, DataType.Int8);
        c.RequireRank(0, 1);
        c.RequireParameters(1, 2, c.Type(0));
        c.RequireParameters(3, 4, c.Type(0));
        ReadAxis(c.Node, c.Shape(0).Rank);
        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        if (TakesRows(node)) return false;
        node.Attributes.Set("axis", (long)ChannelsLastAxis(ReadAxis(node, rank), rank));
        return true;
    }

    public override Executor Prepare(PrepareContext c)
    {
        var shape = c.Shape(0);
        int axis = ReadAxis(c.Node, shape.Rank);
        bool rows = TakesRows(c.Node);
        return new QLinearSoftmaxExecutor(c.Kernels.Quantize, c.Kernels.Reduction.Softmax, c.Type(0), shape.Product(0, axis),
            rows ? shape.Product(axis, shape.Rank) : shape[axis], rows ? 1 : shape.Product(axis + 1, shape.Rank));
    }

    /// <summary>The definition before opset 13: a set is a row of the matrix that begins at the axis.</summary>
    private static bool TakesRows(Node node) => node.Attributes.Int("opset", 13) < 13;

    private static int ReadAxis(Node node, int rank) => node.Axis(node.Attributes.Int("axis", TakesRows(node) ? 1 : -1), rank);
}

internal sealed unsafe class QLinearSoftmaxExecutor(QuantizeKernels quantize, SoftmaxKernel softmax, DataType type, int outer, int length, int inner) : Executor
{
    private readonly nint _count = (nint)outer * length * inner;

    public override string Kernel => $"q{softmax.Name}";

    public override nint ScratchBytes => _count * sizeof(float) + Tensor.Slack;

    public override void Execute(in StepContext c)
    {
        var x = Integers.Parameters(type, c.Input<float>(1), c.Input<byte>(2));
        var y = Integers.Parameters(type, c.Input<float>(3), c.Input<byte>(4));
        float* real = (float*)c.Scratch;
        float xScale = x.Scale, yScale = y.Scale, yZero = y.ZeroPoint;
        int xZero = x.ZeroPoint;
        var layout = ChannelLayout.PerTensor(_count);
        quantize.Dequantize(c.Input<byte>(0), type, real, layout, &xScale, &xZero, c.Pool);
        softmax.Run(real, real, outer, length, inner, logarithm: false, c.Pool);
        quantize.Quantize(real, c.Output<byte>(0), type, layout, &yScale, &yZero, c.Pool);
    }
}
