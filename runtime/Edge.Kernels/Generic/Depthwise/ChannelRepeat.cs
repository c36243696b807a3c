using Edge.Kernels.Dense;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Depthwise;

/// <summary>
/// A channel multiplier m: output channel c is made of input channel c/m. The input is written out with every channel
/// repeated m times, after which input and output channels are alike.
/// </summary>
internal static unsafe class ChannelRepeat
{
    /// <summary>The geometry after repetition.</summary>
    public static ConvGeometry Repeated(in ConvGeometry g) => g with { InChannels = g.OutChannels, Group = g.OutChannels };

    /// <summary>Bytes of the repeated input; 0 if nothing has to be repeated.</summary>
    public static nint ScratchBytes(in ConvGeometry g, int elementBytes) =>
        g.OutChannels == g.InChannels ? 0 : (nint)g.Batch * g.InHeight * g.InWidth * g.OutChannels * elementBytes + Edge.Tensors.Tensor.Slack;

    /// <summary>Repeats the channels of <paramref name="x"/> into <paramref name="scratch"/>, or returns x if there is nothing to repeat.</summary>
    public static byte* Run<T>(in ConvGeometry g, byte* x, byte* scratch, WorkerPool pool) where T : unmanaged
    {
        if (g.OutChannels == g.InChannels) return x;
        var job = new Rows<T>(g, (T*)x, (T*)scratch);
        pool.Run(ref job, g.Batch * g.InHeight);
        return scratch;
    }

    /// <summary>One chunk is one input row.</summary>
    private readonly struct Rows<T>(ConvGeometry g, T* x, T* to) : IParallelJob where T : unmanaged
    {
        public void Execute(int chunk)
        {
            int times = g.OutChannels / g.InChannels;
            nint count = (nint)g.InWidth * g.InChannels;
            T* from = x + chunk * count, end = from + count;
            for (T* p = to + chunk * count * times; from < end; from++, p += times) new Span<T>(p, times).Fill(*from);
        }
    }
}
