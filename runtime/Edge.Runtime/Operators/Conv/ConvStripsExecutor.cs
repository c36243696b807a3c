using Edge.Kernels.Dense;

namespace Edge.Runtime.Operators.Conv;

/// <summary>Convolutions in strips.</summary>
/// <param name="strips">Owned.</param>
/// <param name="macs">Of all stages.</param>
/// <param name="pixels">Of the output.</param>
/// <param name="residual">The input that is added before the last activation; −1 for none.</param>
internal sealed unsafe class ConvStripsExecutor(ConvStrips strips, long macs, nint pixels, int residual) : Executor, IRowExecutor
{
    public override string Kernel => strips.KernelName;

    public override nint ScratchBytes => strips.ScratchBytes;

    public override void SpreadScratch(nint bytes) => strips.SpreadScratch(bytes);

    public override nint PackedBytes => strips.PackedBytes;

    public override long Macs => macs;

    public nint Rows => pixels;

    public int RowGranule => strips.RangeGranule;

    public long Cycles => strips.Cycles;

    public RowReach ReachOf(nint rows) => rows == pixels && strips.TakesRanges ? RowReach.All : RowReach.None;

    public nint RowScratchBytes(nint rows) => strips.RangeScratchBytes;

    public void ExecuteRows(in StepContext c, nint rows, nint first, nint count) =>
        strips.RunRange(c.Input<byte>(0), residual < 0 ? null : c.Input<byte>(residual), c.Output<byte>(0), first, count, c.Scratch);

    public override bool Reads(int input) => input == 0 || input == residual;

    public override void Execute(in StepContext c) =>
        strips.Run(c.Input<byte>(0), residual < 0 ? null : c.Input<byte>(residual), c.Output<byte>(0), c.Scratch, c.Pool);

    public override void Dispose()
    {
        strips.Dispose();
        base.Dispose();
    }
}
