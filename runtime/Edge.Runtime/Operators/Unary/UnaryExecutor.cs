using Edge.Kernels.Elementwise;

namespace Edge.Runtime.Operators.Unary;

/// <summary>A function of each element of a tensor.</summary>
/// <param name="kernel">The function.</param>
/// <param name="count">Elements.</param>
/// <param name="inBytes">Bytes of an element.</param>
/// <param name="outBytes">Bytes of an element of the result.</param>
internal sealed unsafe class UnaryExecutor(UnaryKernel kernel, nint count, int inBytes, int outBytes) : Executor, IRowExecutor
{
    public override string Kernel => kernel.Name;

    public nint Rows => 0;

    public long Cycles => count * inBytes / RowCost.BytesPerCycle;

    public RowReach ReachOf(nint rows) => count > 0 && count % rows == 0 ? RowReach.Same : RowReach.None;

    public void ExecuteRows(in StepContext c, nint rows, nint first, nint taken)
    {
        nint row = count / rows, at = first * row;
        kernel.Run(c.Input<byte>(0) + at * inBytes, c.Output<byte>(0) + at * outBytes, taken * row, c.Pool);
    }

    public override void Execute(in StepContext c) => kernel.Run(c.Input<byte>(0), c.Output<byte>(0), count, c.Pool);
}
