using Edge.Kernels.Pooling;
using Edge.Runtime.Operators.Quantization;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pooling;

internal sealed unsafe class PoolExecutor(PoolKernel kernel, in PoolGeometry geometry) : Executor
{
    public override long Work { get; } = (long)geometry.Work;

    public override string Kernel => kernel.Name;

    public override void Execute(in StepContext c) => kernel.Run(c.Input<byte>(0), c.Output<byte>(0), c.Pool);
}

/// <summary>Inputs: x, x_scale, x_zero_point, y_scale, y_zero_point.</summary>
internal sealed unsafe class QuantizedPoolExecutor(QuantizedPoolKernel kernel, DataType type, in PoolGeometry geometry) : Executor
{
    public override long Work { get; } = (long)geometry.Work;

    public override string Kernel => kernel.Name;

    public override void Execute(in StepContext c) =>
        kernel.Run(
            c.Input<byte>(0), c.Output<byte>(0),
            Integers.Parameters(type, c.Input<float>(1), c.Input<byte>(2)),
            Integers.Parameters(type, c.Input<float>(3), c.Input<byte>(4)), c.Pool);
}
