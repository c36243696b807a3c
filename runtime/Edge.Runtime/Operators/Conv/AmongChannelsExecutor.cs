using Edge.Kernels.Dense;

namespace Edge.Runtime.Operators.Conv;

/// <summary>A float32 convolution that writes some channels of its output, and leaves or takes over the others.</summary>
/// <param name="kernel">Owned; not depthwise.</param>
/// <param name="geometry">Its shape.</param>
/// <param name="first">The first channel.</param>
/// <param name="channels">Channels of the output.</param>
/// <param name="whole">The input that holds the other channels, perhaps in the output's memory; −1 where none is computed yet.</param>
internal sealed unsafe class AmongChannelsExecutor(PreparedConvF32 kernel, ConvGeometry geometry, int first, int channels, int whole) : Executor
{
    public override string Kernel => kernel.KernelName;

    public override nint ScratchBytes => kernel.ScratchBytes;

    public override nint PackedBytes => kernel.PackedBytes;

    public override long Macs => geometry.Macs;

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
