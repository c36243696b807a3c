using Edge.Kernels.Layout;

namespace Edge.Runtime.Operators.Transpose;

/// <summary>Moves input 0 to output 0 by one strided copy that starts <paramref name="start"/> bytes into the input.</summary>
internal sealed unsafe class MoveExecutor(StridedCopy copy, nint start = 0) : Executor
{
    public override string Kernel => copy.Name;

    public override void Execute(in StepContext c) => copy.Run(c.Input<byte>(0) + start, c.Output<byte>(0), c.Pool);
}
