using Edge.Kernels.Quantize;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Runtime.Operators.Quantization;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QuantizedProduct;

/// <summary>
/// DynamicQuantizeMatMul of com.microsoft: inputs A, B, b_scale, b_zero_point, bias. A, float32, is quantized to uint8 as
/// DynamicQuantizeLinear does it, then multiplied with B.
/// </summary>
internal sealed class DynamicQuantizeMatMulOperator() : Operator("DynamicQuantizeMatMul", OperatorCatalog.Microsoft)
{
    public const int A = 0, B = 1, BScale = 2, BZeroPoint = 3, Bias = 4;

    public override void Infer(InferContext c)
    {
        c.RequireType(A, DataType.Float32);
        c.RequireType(B, DataType.UInt8, DataType.Int8);
        var product = Product(c.Node);
        FloatProduct.Validate(c, product, BScale, Bias);
        c.Output(0, DataType.Float32, product.Outputs[0]!.Shape!.Value);
    }

    public override Executor Prepare(PrepareContext c) =>
        new DynamicQuantizeMatMulExecutor(new FloatProduct(Product(c.Node), c), c.Kernels.Quantize, c.Shape(A).Count, c.Shape(BScale).Count, c.Has(BZeroPoint), c.Has(Bias));

    private static Node Product(Node node) => FloatProduct.Node(node,
        new Value("a") { Type = DataType.UInt8, Shape = node.Inputs[A]!.Shape }, node.Inputs[B]!,
        new Value("a_zero_point") { Type = DataType.UInt8, Shape = Shape.Scalar }, node.Input(BZeroPoint));
}

internal sealed unsafe class DynamicQuantizeMatMulExecutor(FloatProduct product, QuantizeKernels quantize, int count, int scales, bool hasZeroPoint, bool hasBias) : Executor
{
    private readonly nint _quantized = Scratch.Align(count + Tensor.Slack);

    public override string Kernel => $"dynamic_quantize+{product.Kernel}";

    public override nint ScratchBytes => _quantized + product.ScratchBytes;

    public override nint PackedBytes => product.PackedBytes;

    public override long Macs => product.Macs;

    public override void Execute(in StepContext c)
    {
        var (scale, zero) = DynamicQuantization.Quantize(quantize, c.Input<float>(DynamicQuantizeMatMulOperator.A), c.Scratch, count, c.Pool);
        product.Run(c.Scratch, c.Input<byte>(DynamicQuantizeMatMulOperator.B), &zero,
            hasZeroPoint ? c.Input<byte>(DynamicQuantizeMatMulOperator.BZeroPoint) : null,
            scale, c.Input<float>(DynamicQuantizeMatMulOperator.BScale), scales,
            hasBias ? c.Input<float>(DynamicQuantizeMatMulOperator.Bias) : null, c.Output<float>(0), c.Scratch + _quantized, c.Pool);
    }

    public override void Dispose()
    {
        product.Dispose();
        base.Dispose();
    }
}
