using Edge.Kernels.Dense;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.QLinearConv;

/// <summary>An integer convolution with packed weights.</summary>
/// <param name="kernel">Owned.</param>
/// <param name="geometry">Its shape.</param>
/// <param name="layout">Null where the tensors are channels-last.</param>
/// <param name="correction">Takes off the zero point of the input where only a run brings it; else null.</param>
/// <param name="zeroPoint">The input with that zero point.</param>
/// <param name="signed">It is int8; else uint8.</param>
internal sealed unsafe class IntegerConvExecutor(
    PreparedConvInt8 kernel, ConvGeometry geometry, ChannelsFirst? layout, ZeroPointCorrection? correction, int zeroPoint, bool signed) : Executor, IRowExecutor
{
    public override string Kernel => layout is null ? kernel.KernelName : kernel.KernelName + " (channels first)";

    public override nint ScratchBytes => (layout?.ScratchBytes ?? 0) + kernel.ScratchBytes;

    public override void SpreadScratch(nint bytes) => kernel.SpreadScratch(bytes - (layout?.ScratchBytes ?? 0));

    public override nint PackedBytes => kernel.PackedBytes;

    public override long Macs => geometry.Macs;

    public nint Rows => geometry.Pixels;

    public int RowGranule => kernel.RangeGranule;

    public long Cycles => kernel.Cycles;

    public RowReach ReachOf(nint rows) => layout is null && correction is null ? ConvRows.ReachOf(kernel, geometry, rows) : RowReach.None;

    public nint RowScratchBytes(nint rows) => kernel.RangeScratchBytes(rows);

    public void ExecuteRows(in StepContext c, nint rows, nint first, nint count) =>
        kernel.RunRange(c.Input<byte>(0), c.Output<byte>(0), first, count, c.Scratch);

    public override bool Reads(int input) => input == 0 || (correction is not null && input == zeroPoint);

    public override void Execute(in StepContext c)
    {
        byte* x = c.Input<byte>(0), y = c.Output<byte>(0);
        byte* scratch = c.Scratch;
        if (layout is not null)
        {
            x = layout.Input(x, scratch, c.Pool);
            y = layout.Target(y, scratch);
            scratch += layout.ScratchBytes;
        }

        kernel.Run(x, y, scratch, c.Pool);
        correction?.Run((int*)y, Quantized.At(c.Input<byte>(zeroPoint), signed, 0), c.Pool);
        layout?.Output(c.Output<byte>(0), c.Scratch, c.Pool);
    }

    public override void Dispose()
    {
        kernel.Dispose();
        base.Dispose();
    }
}
