using Edge.Kernels.Dense;

namespace Edge.Runtime.Operators.Conv;

/// <summary>A float32 convolution that writes some channels of its output, and leaves or takes over the others.</summary>
/// <param name="kernel">Owned; not depthwise.</param>
/// <param name="geometry">Its shape.</param>
/// <param name="first">The first channel.</param>
/// <param name="channels">Channels of the output.</param>
/// <param name="whole">The input that holds the other channels, perhaps in the output's memory; −1 where none is computed yet.</param>
internal sealed unsafe class AmongChannelsExecutor(PreparedConvF32 kernel, ConvGeometry geometry, int first, int channels, int whole) : Executor, IRowExecutor
{
    public override string Kernel => kernel.KernelName;

    public override nint ScratchBytes => kernel.ScratchBytes;

    public override nint PackedBytes => kernel.PackedBytes;

    public override long Macs => geometry.Macs;

    public nint Rows => geometry.Pixels;

    public int RowGranule => kernel.RangeGranule;

    public int LeastRows => PreparedConv.ManyPixels;

    public long Cycles => kernel.Cycles;

    public RowReach ReachOf(nint rows) => ConvRows.ReachOf(kernel, geometry, rows);

    public nint RowScratchBytes(nint rows) => kernel.RangeScratchBytes(rows);

    public void ExecuteRows(in StepContext c, nint rows, nint row, nint count)
    {
        float* y = c.Output<float>(0);
        if (whole >= 0 && c.Input<float>(whole) is var before && before != y)
        {
            nint bytes = count * channels * sizeof(float);
            Buffer.MemoryCopy(before + row * channels, y + row * channels, bytes, bytes);
        }

        kernel.RunRange(c.Input<float>(0), null, y + first, channels, row, count, c.Scratch);
    }

    public override bool Reads(int input) => input == 0 || input == whole;

    public override void Execute(in StepContext c)
    {
        float* y = c.Output<float>(0);
        if (whole >= 0 && c.Input<float>(whole) is var before && before != y)
        {
            nint bytes = (nint)geometry.Batch * geometry.OutHeight * geometry.OutWidth * channels * sizeof(float);
            Buffer.MemoryCopy(before, y, bytes, bytes);
        }

        kernel.RunAmong(c.Input<float>(0), y + first, channels, c.Scratch, c.Pool);
    }

    public override void Dispose()
    {
        kernel.Dispose();
        base.Dispose();
    }
}
