using Edge.Kernels.Elementwise;

namespace Edge.Runtime.Operators.Unary;

internal sealed unsafe class UnaryExecutor(UnaryKernel kernel, nint count) : Executor
{
    public override string Kernel => kernel.Name;

    public override void Execute(in StepContext c) => kernel.Run(c.Input<byte>(0), c.Output<byte>(0), count, c.Pool);
}
