using Edge.Kernels.Threading;

namespace Edge.Kernels.Dense;

/// <summary>
/// A convolution or matrix product whose weights are packed for one kernel. Immutable once it runs: several
/// threads may call <c>Run</c> at once, each with its own scratch. Disposing frees the packed weights.
/// </summary>
public abstract class PreparedConv : IDisposable
{
    /// <summary>Name of the kernel, as logs and <c>edge inspect</c> show it: routine, ISA and tile, e.g. <c>conv_f32_avx2_6x16</c>.</summary>
    public abstract string KernelName { get; }

    /// <summary>Bytes of scratch that a run needs, aligned to 64 by the caller.</summary>
    public abstract nint ScratchBytes { get; }

    /// <summary>
    /// Whether any number of pixels can be computed by itself: each is made of the same pixel of the input alone, and the kernel does
    /// not depend on how many there are. If not, <c>RunPixels</c> fails.
    /// </summary>
    public virtual bool TakesPixels => false;

    /// <summary>Whether a pixel has the same bits however many it is computed with, as long as they are <see cref="ManyPixels"/>.</summary>
    public virtual bool HasSameBitsAmongMany => true;

    /// <summary>So many pixels are computed by register tiles that add in the same order.</summary>
    public const int ManyPixels = 14;

    /// <summary>Bytes of scratch that so many pixels need by themselves.</summary>
    public virtual nint PixelScratchBytes(nint pixels) => 0;

    /// <summary>
    /// Whether any range of the output's pixels, counted through all pictures, can be computed by itself of the whole input, and packed weights
    /// are few enough for each thread to read all of them. If not, <c>RunRange</c> fails.
    /// </summary>
    public virtual bool TakesRanges => false;

    /// <summary>
    /// What ranges begin and end with a multiple of, or the output's end: pixels have the same bits then, however they are divided, as long as
    /// each range has <see cref="ManyPixels"/>, and are computed as fast as all of them together.
    /// </summary>
    public virtual int RangeGranule => 1;

    /// <summary>Bytes of scratch that a range of so many pixels needs.</summary>
    public virtual nint RangeScratchBytes(nint pixels) => 0;

    /// <summary>Processor cycles that the products of a run take at least; 0 where nobody counts them.</summary>
    public virtual long Cycles => 0;

    /// <summary>
    /// Says, before the first run, how much scratch all runs will get. Kernels that run one after another in the same memory put each
    /// thread's part to the same place then, so that it stays with the core that wrote it.
    /// </summary>
    /// <param name="bytes">At least <see cref="ScratchBytes"/>.</param>
    public virtual void SpreadScratch(nint bytes)
    {
    }

    /// <summary>Bytes of packed weights, bias and scales.</summary>
    public abstract nint PackedBytes { get; }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}

/// <inheritdoc cref="PreparedConv"/>
public abstract unsafe class PreparedConvF32 : PreparedConv
{
    /// <summary>
    /// <c>y = activation(conv(x, w) + bias + residual)</c>.
    /// </summary>
    /// <param name="x">Input <c>[N,H,W,C]</c>, not aliased by <paramref name="y"/>.</param>
    /// <param name="residual">Added before the activation, shaped as the output; null for none. May be <paramref name="y"/> itself.</param>
    /// <param name="y">Output <c>[N,OH,OW,OC]</c>.</param>
    /// <param name="scratch">At least <see cref="PreparedConv.ScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void Run(float* x, float* residual, float* y, byte* scratch, WorkerPool pool);

    /// <summary>The same for some pixels by themselves, where <see cref="PreparedConv.TakesPixels"/>.</summary>
    /// <param name="x">The first pixel of the input.</param>
    /// <param name="residual">The first pixel of what is added; null for none.</param>
    /// <param name="y">The first pixel of the output.</param>
    /// <param name="pixels">How many.</param>
    /// <param name="scratch">At least <see cref="PreparedConv.PixelScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    /// <exception cref="NotSupportedException">The kernel does not take pixels.</exception>
    public virtual void RunPixels(float* x, float* residual, float* y, nint pixels, byte* scratch, WorkerPool pool) =>
        throw new NotSupportedException($"{KernelName} computes whole pictures");

    /// <summary>
    /// The same without residual, as some of the channels of a larger tensor: nothing between them is written.
    /// </summary>
    /// <param name="x">Input <c>[N,H,W,C]</c>, not aliased by <paramref name="y"/>.</param>
    /// <param name="y">The first of the channels of the first pixel.</param>
    /// <param name="step">Elements from one pixel to the next, at least OC.</param>
    /// <param name="scratch">At least <see cref="PreparedConv.ScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    /// <exception cref="NotSupportedException">The convolution is depthwise.</exception>
    public virtual void RunAmong(float* x, float* y, nint step, byte* scratch, WorkerPool pool) =>
        throw new NotSupportedException($"{KernelName} writes whole pixels; supported: convolutions that are not depthwise");

    /// <summary>Computes pixels <c>first … first + pixels − 1</c> of the output on the calling thread, where <see cref="PreparedConv.TakesRanges"/>.</summary>
    /// <param name="x">The whole input, of which only the pixels of the range are read where <see cref="PreparedConv.TakesPixels"/>.</param>
    /// <param name="residual">Added before the activation, laid out as the output; null for none. May be <paramref name="y"/> itself.</param>
    /// <param name="y">The whole output, or the first of the channels of its first pixel.</param>
    /// <param name="step">Elements from one pixel of the output to the next, at least OC.</param>
    /// <param name="first">The first pixel.</param>
    /// <param name="pixels">How many.</param>
    /// <param name="scratch">At least <see cref="PreparedConv.RangeScratchBytes"/> bytes.</param>
    /// <exception cref="NotSupportedException">The kernel does not take ranges.</exception>
    public virtual void RunRange(float* x, float* residual, float* y, nint step, nint first, nint pixels, byte* scratch) =>
        throw new NotSupportedException($"{KernelName} computes whole pictures");
}

/// <inheritdoc cref="PreparedConv"/>
public abstract unsafe class PreparedConvInt8 : PreparedConv
{
    /// <param name="x">
    /// Input <c>[N,H,W,C]</c>, uint8 or int8 as prepared, not aliased by <paramref name="y"/>. Up to
    /// <see cref="Edge.Tensors.Tensor.Slack"/> bytes past its end may be read (their value does not matter).
    /// </param>
    /// <param name="y">Output <c>[N,OH,OW,OC]</c> of the prepared kind.</param>
    /// <param name="scratch">At least <see cref="PreparedConv.ScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void Run(byte* x, void* y, byte* scratch, WorkerPool pool);

    /// <summary>The same for some pixels by themselves, where <see cref="PreparedConv.TakesPixels"/>.</summary>
    /// <param name="x">The first pixel of the input.</param>
    /// <param name="y">The first pixel of the output.</param>
    /// <param name="pixels">How many.</param>
    /// <param name="scratch">At least <see cref="PreparedConv.PixelScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    /// <exception cref="NotSupportedException">The kernel does not take pixels.</exception>
    public virtual void RunPixels(byte* x, void* y, nint pixels, byte* scratch, WorkerPool pool) =>
        throw new NotSupportedException($"{KernelName} computes whole pictures");

    /// <summary>Computes pixels <c>first … first + pixels − 1</c> of the output on the calling thread, where <see cref="PreparedConv.TakesRanges"/>.</summary>
    /// <param name="x">The whole input, of which only the pixels of the range are read where <see cref="PreparedConv.TakesPixels"/>.</param>
    /// <param name="y">The whole output.</param>
    /// <param name="first">The first pixel.</param>
    /// <param name="pixels">How many.</param>
    /// <param name="scratch">At least <see cref="PreparedConv.RangeScratchBytes"/> bytes.</param>
    /// <exception cref="NotSupportedException">The kernel does not take ranges.</exception>
    public virtual void RunRange(byte* x, void* y, nint first, nint pixels, byte* scratch) =>
        throw new NotSupportedException($"{KernelName} computes whole pictures");
}
