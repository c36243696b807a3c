using Edge.Kernels.Layout;

namespace Edge.Runtime.Operators.Transpose;

/// <summary>Moves input 0 to output 0 by one strided copy that starts <paramref name="start"/> bytes into the input.</summary>
/// <param name="copy">The copy.</param>
/// <param name="start">Where it starts.</param>
/// <param name="rows">Equal parts of the output, each made of the same part of the input; 0 where that is not so.</param>
internal sealed unsafe class MoveExecutor(StridedCopy copy, nint start = 0, int rows = 0) : Executor, IRowExecutor
{
    public nint Rows => rows;

    public long Cycles => copy.Bytes / RowCost.BytesPerCycle;

    public RowReach ReachOf(nint asked) => rows > 0 && asked == rows && copy.TakesRows(rows) ? RowReach.Same : RowReach.None;

    public void ExecuteRows(in StepContext c, nint all, nint first, nint count) =>
        copy.RunRows(c.Input<byte>(0) + start, c.Output<byte>(0), rows, (int)first, (int)count);

    public override string Kernel => copy.Name;

    public override void Execute(in StepContext c) => copy.Run(c.Input<byte>(0) + start, c.Output<byte>(0), c.Pool);
}
