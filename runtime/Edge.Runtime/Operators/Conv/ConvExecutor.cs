using Edge.Kernels.Dense;

namespace Edge.Runtime.Operators.Conv;

/// <summary>A float32 convolution with packed weights.</summary>
/// <param name="kernel">Owned.</param>
/// <param name="geometry">Its shape.</param>
/// <param name="layout">Null where the tensors are channels-last.</param>
/// <param name="residual">The input that is added before the activation; −1 for none.</param>
internal sealed unsafe class ConvExecutor(PreparedConvF32 kernel, ConvGeometry geometry, ChannelsFirst? layout, int residual) : Executor, IRowExecutor
{
    public override string Kernel => layout is null ? kernel.KernelName : kernel.KernelName + " (channels first)";

    public override nint ScratchBytes => (layout?.ScratchBytes ?? 0) + kernel.ScratchBytes;

    public override void SpreadScratch(nint bytes) => kernel.SpreadScratch(bytes - (layout?.ScratchBytes ?? 0));

    public override nint PackedBytes => kernel.PackedBytes;

    public override long Macs => geometry.Macs;

    public nint Rows => geometry.Pixels;

    public int RowGranule => kernel.RangeGranule;

    public int LeastRows => PreparedConv.ManyPixels;

    public long Cycles => kernel.Cycles;

    public override bool Reads(int input) => input == 0 || input == residual;

    public RowReach ReachOf(nint rows) => layout is null && geometry.Macs > 0 ? ConvRows.ReachOf(kernel, geometry, rows) : RowReach.None;

    public nint RowScratchBytes(nint rows) => kernel.RangeScratchBytes(rows);

    public void ExecuteRows(in StepContext c, nint rows, nint first, nint count) =>
        kernel.RunRange(c.Input<float>(0), residual < 0 ? null : c.Input<float>(residual), c.Output<float>(0), geometry.OutChannels, first, count, c.Scratch);

    public override void Execute(in StepContext c)
    {
        float* x = c.Input<float>(0), y = c.Output<float>(0);
        float* added = residual < 0 ? null : c.Input<float>(residual);
        if (geometry.Macs == 0) return;
        if (layout is null)
        {
            kernel.Run(x, added, y, c.Scratch, c.Pool);
            return;
        }

        x = (float*)layout.Input((byte*)x, c.Scratch, c.Pool);
        byte* target = layout.Target((byte*)y, c.Scratch);
        added = (float*)layout.Residual((byte*)added, target, c.Pool);
        kernel.Run(x, added, (float*)target, c.Scratch + layout.ScratchBytes, c.Pool);
        layout.Output((byte*)y, c.Scratch, c.Pool);
    }

    public override void Dispose()
    {
        kernel.Dispose();
        base.Dispose();
    }
}
