using Edge.Kernels.Quantize;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Quantization;

/// <summary>
/// DynamicQuantizeLinear: float32 to uint8 with a scale and zero point that follow from the elements. The range includes
/// 0; a tensor of zeros has scale 1 and zero point 0.
/// </summary>
internal sealed class DynamicQuantizeLinearOperator() : Operator("DynamicQuantizeLinear", "", 11, OperatorCatalog.LatestOpset)
{
    /// <summary>The range of the elements does not depend on their order.</summary>
    public override LayoutRole Layout => LayoutRole.Follows;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.Output(0, DataType.UInt8, c.Shape(0));
        c.Output(1, DataType.Float32, Shape.Scalar);
        c.Output(2, DataType.UInt8, Shape.Scalar);
    }

    public override Executor Prepare(PrepareContext c) =>
        new DynamicQuantizeExecutor(c.Kernels.Quantize, c.OutputShape().Count, c.Wants(1), c.Wants(2));
}

internal sealed unsafe class DynamicQuantizeExecutor(QuantizeKernels kernels, nint count, bool wantsScale, bool wantsZeroPoint) : Executor
{
    public override string Kernel => $"dynamic_quantize_u8_{kernels.Isa}";

    public override void Execute(in StepContext c)
    {
        var (scale, zeroPoint) = DynamicQuantization.Quantize(kernels, c.Input<float>(0), c.Output<byte>(0), count, c.Pool);
        if (wantsScale) *c.Output<float>(1) = scale;
        if (wantsZeroPoint) *c.Output<byte>(2) = zeroPoint;
    }
}
