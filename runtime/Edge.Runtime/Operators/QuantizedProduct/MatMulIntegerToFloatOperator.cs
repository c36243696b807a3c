using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QuantizedProduct;

/// <summary>MatMulIntegerToFloat of com.microsoft: inputs A, B, a_scale, b_scale, a_zero_point, b_zero_point, bias.</summary>
internal sealed class MatMulIntegerToFloatOperator() : Operator("MatMulIntegerToFloat", OperatorCatalog.Microsoft)
{
    public const int A = 0, B = 1, AScale = 2, BScale = 3, AZeroPoint = 4, BZeroPoint = 5, Bias = 6;

    public override void Infer(InferContext c)
    {
        c.RequireType(A, DataType.UInt8, DataType.Int8);
        c.RequireType(AScale, DataType.Float32);
        if (c.Shape(AScale).Count != 1) throw c.Error($"a_scale of shape {c.Shape(AScale)} is not supported; supported: one number");
        c.RequireType(B, DataType.UInt8, DataType.Int8);
        var product = Product(c.Node);
        FloatProduct.Validate(c, product, BScale, Bias);
        c.Output(0, DataType.Float32, product.Outputs[0]!.Shape!.Value);
    }

    public override Executor Prepare(PrepareContext c) =>
        new MatMulIntegerToFloatExecutor(new FloatProduct(Product(c.Node), c), c.Shape(BScale).Count, c.Has(AZeroPoint), c.Has(BZeroPoint), c.Has(Bias));

    private static Node Product(Node node) => FloatProduct.Node(node, node.Inputs[A]!, node.Inputs[B]!, node.Input(AZeroPoint), node.Input(BZeroPoint));
}

internal sealed unsafe class MatMulIntegerToFloatExecutor(FloatProduct product, int scales, bool hasAZeroPoint, bool hasBZeroPoint, bool hasBias) : Executor
{
    public override string Kernel => product.Kernel;

    public override nint ScratchBytes => product.ScratchBytes;

    public override nint PackedBytes => product.PackedBytes;

    public override long Macs => product.Macs;

    public override void Execute(in StepContext c) => product.Run(
        c.Input<byte>(MatMulIntegerToFloatOperator.A), c.Input<byte>(MatMulIntegerToFloatOperator.B),
        hasAZeroPoint ? c.Input<byte>(MatMulIntegerToFloatOperator.AZeroPoint) : null,
        hasBZeroPoint ? c.Input<byte>(MatMulIntegerToFloatOperator.BZeroPoint) : null,
        *c.Input<float>(MatMulIntegerToFloatOperator.AScale), c.Input<float>(MatMulIntegerToFloatOperator.BScale), scales,
        hasBias ? c.Input<float>(MatMulIntegerToFloatOperator.Bias) : null, c.Output<float>(0), c.Scratch, c.Pool);

    public override void Dispose()
    {
        product.Dispose();
        base.Dispose();
    }
}
