using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Kernels.Dense;

/// <summary>
/// A depthwise convolution with the pointwise ones before and after it, computed together by strips of a few rows: what they hand
/// on never leaves the cache, nor needs memory of its own. Tensors are float32 or 8 bits wide, <c>[N, H, W, C]</c>.
/// Immutable once it runs: several threads may call <see cref="Run"/> at once, each with its own scratch.
/// </summary>
/// <remarks>
/// Strips that follow each other share input rows of the depthwise convolution, as many as its kernel is higher than its stride:
/// they are moved, not computed again, but for the first strip of a chunk.
/// </remarks>
public sealed unsafe class ConvStrips : IDisposable
{
    /// <summary>Bytes of products that a depthwise convolution takes in a cycle, about.</summary>
    private const int DepthwiseBytesPerCycle = 64;

    private readonly PreparedConv? _before;
    private readonly PreparedConv _depthwise;
    private readonly PreparedConv? _after;
    private readonly ConvGeometry _g;
    private readonly StripPlan _plan;
    private readonly int _elementBytes;
    private readonly int _inChannels;
    private readonly int _outBytes;
    private readonly byte _padding;
    private readonly int _threads;
    private readonly nint _inputBytes;
    private readonly nint _outputBytes;
    private readonly nint _threadBytes;
    private nint _threadStride;

    /// <param name="before">Makes the input of the depthwise convolution; owned. Null where that is given.</param>
    /// <param name="inChannels">Of its input, if there is one.</param>
    /// <param name="depthwise">Prepared for <see cref="StripPlan.Geometry"/>; owned.</param>
    /// <param name="after">Takes its output; owned. Null where that is the result.</param>
    /// <param name="outBytes">Bytes of a pixel of the result.</param>
    /// <param name="geometry">Of the depthwise convolution as a whole.</param>
    /// <param name="plan">Its strips.</param>
    /// <param name="elementBytes">4 or 1: of all tensors but the result.</param>
    /// <param name="padding">Each byte of the depthwise convolution's padding.</param>
    /// <param name="threads">The most threads that take part.</param>
    public ConvStrips(PreparedConv? before, int inChannels, PreparedConv depthwise, PreparedConv? after, int outBytes, in ConvGeometry geometry, StripPlan plan, int elementBytes, byte padding, int threads)
    {
        if (before is { TakesPixels: false } || after is { TakesPixels: false }) throw new NotSupportedException($"{(before is { TakesPixels: false } ? before : after)!.KernelName} in strips; supported: kernels that take pixels");
        _before = before;
        _inChannels = inChannels;
        _depthwise = depthwise;
        _after = after;
        _outBytes = outBytes;
        _g = geometry;
        _plan = plan;
        _elementBytes = elementBytes;
        _padding = padding;
        _threads = threads;
        _inputBytes = Aligned(InputRows * InputRowBytes + Tensor.Slack);
        _outputBytes = Aligned(_plan.Rows * OutputRowBytes + Tensor.Slack);
        nint kernels = Math.Max(before?.PixelScratchBytes((nint)InputRows * _g.InWidth) ?? 0, after?.PixelScratchBytes((nint)_plan.Rows * _g.OutWidth) ?? 0);
        _threadBytes = _inputBytes + _outputBytes + Aligned(Math.Max(kernels, depthwise.ScratchBytes));
        _threadStride = _threadBytes;
    }

    /// <summary>Names of the kernels, in their order.</summary>
    public string KernelName => string.Join(" → ", new[] { _before, _depthwise, _after }.OfType<PreparedConv>().Select(c => c.KernelName));

    /// <summary>Bytes of packed weights.</summary>
    public nint PackedBytes => (_before?.PackedBytes ?? 0) + _depthwise.PackedBytes + (_after?.PackedBytes ?? 0);

    /// <summary>Bytes of scratch that a run needs, aligned to 64 by the caller.</summary>
    public nint ScratchBytes => _threads * _threadBytes;

    /// <inheritdoc cref="PreparedConv.SpreadScratch"/>
    public void SpreadScratch(nint bytes) => _threadStride = ThreadParts.Stride(bytes, _threads, _threadBytes);

    /// <summary>Whether any range of strips can be computed by itself.</summary>
    public bool TakesRanges => _g.Batch == 1;

    /// <summary>Pixels of a strip of the output.</summary>
    public int RangeGranule => _plan.Rows * _g.OutWidth;

    /// <summary>Bytes of scratch that a range needs.</summary>
    public nint RangeScratchBytes => _threadBytes;

    /// <inheritdoc cref="PreparedConv.Cycles"/>
    public long Cycles => (_before?.Cycles ?? 0) + _g.Macs * _elementBytes / DepthwiseBytesPerCycle + (_after?.Cycles ?? 0);

    private int InputRows => _plan.InputRows(_g);

    private nint InputRowBytes => (nint)_g.InWidth * _g.InChannels * _elementBytes;

    private nint OutputRowBytes => (nint)_g.OutWidth * _g.OutChannels * _elementBytes;

    /// <summary>Runs all. Allocates nothing.</summary>
    /// <param name="x">Input of the first convolution.</param>
    /// <param name="residual">Added to float32 results before the last activation, laid out as they are; null for none. May be <paramref name="y"/>.</param>
    /// <param name="y">Output of the last convolution.</param>
    /// <param name="scratch">At least <see cref="ScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(byte* x, byte* residual, byte* y, byte* scratch, WorkerPool pool)
    {
        // There is scratch for so many.
        if (pool.Threads > _threads) pool = WorkerPool.Inline;
        int chunks = _plan.Chunks(_g, pool.Threads);
        var job = new Job(this, x, residual, y, scratch, _g.Batch * _plan.StripsPerImage(_g), chunks);
        pool.RunSeated(ref job, chunks);
    }

    /// <summary>Computes pixels <c>first … first + pixels − 1</c> of the output on the calling thread, where it <see cref="TakesRanges"/>.</summary>
    /// <param name="x">The whole input.</param>
    /// <param name="residual">As for <see cref="Run"/>.</param>
    /// <param name="y">The whole output.</param>
    /// <param name="first">A multiple of <see cref="RangeGranule"/>.</param>
    /// <param name="pixels">A multiple of it, too, but at the end of the output.</param>
    /// <param name="scratch">At least <see cref="RangeScratchBytes"/> bytes.</param>
    public void RunRange(byte* x, byte* residual, byte* y, nint first, nint pixels, byte* scratch) =>
        Strips((int)(first / RangeGranule), (int)((first + pixels + RangeGranule - 1) / RangeGranule), x, residual, y, scratch);

    public void Dispose()
    {
        _before?.Dispose();
        _depthwise.Dispose();
        _after?.Dispose();
    }

    private static nint Aligned(nint bytes) => (bytes + Tensor.Alignment - 1) & ~(nint)(Tensor.Alignment - 1);

    private void Strips(int first, int last, byte* x, byte* residual, byte* y, byte* own)
    {
        byte* input = own, output = input + _inputBytes, scratch = output + _outputBytes;
        int mostRows = _plan.Rows, perImage = _plan.StripsPerImage(_g), step = mostRows * _g.StrideHeight, kept = Math.Max(InputRows - step, 0), held = -1;
        for (int strip = first; strip < last; strip++)
        {
            (int image, int inImage) = Math.DivRem(strip, perImage);
            int row = inImage * mostRows, rows = Math.Min(mostRows, _g.OutHeight - row), top = row * _g.StrideHeight - _g.PadTop;
            byte* from = input;
            if (_before is null && top >= 0 && top + InputRows <= _g.InHeight)
            {
                from = x + ((nint)image * _g.InHeight + top) * InputRowBytes;
            }
            else
            {
                bool moves = _before is not null && held == strip - 1 && inImage > 0;
                int known = moves ? kept : 0;
                if (known > 0) Buffer.MemoryCopy(input + step * InputRowBytes, input, known * InputRowBytes, known * InputRowBytes);
                FillInput(x, image, top + known, InputRows - known, input + known * InputRowBytes, scratch);
                held = strip;
            }

            nint at = (nint)image * _g.OutHeight + row;
            byte* result = y + at * _g.OutWidth * _outBytes;
            // Rows beyond the last one are computed of padding, and dropped.
            bool direct = _after is null && rows == mostRows;
            RunDepthwise(from, direct ? result : output, scratch);
            nint bytes = rows * OutputRowBytes;
            if (_after is not null) RunPixels(_after, output, residual == null ? null : residual + at * _g.OutWidth * _outBytes, result, (nint)rows * _g.OutWidth, scratch);
            else if (!direct) Buffer.MemoryCopy(output, result, bytes, bytes);
        }
    }

    /// <summary>Rows <paramref name="row"/> … of the depthwise convolution's input, of which some may be padding.</summary>
    private void FillInput(byte* x, int image, int row, int rows, byte* to, byte* scratch)
    {
        int above = Math.Clamp(-row, 0, rows), end = Math.Clamp(_g.InHeight - row, above, rows);
        Pad(to, above);
        Pad(to + end * InputRowBytes, rows - end);
        if (end == above) return;
        to += above * InputRowBytes;
        nint pixel = ((nint)image * _g.InHeight + row + above) * _g.InWidth, pixels = (nint)(end - above) * _g.InWidth;
        nint bytes = pixels * _g.InChannels * _elementBytes;
        if (_before is null) Buffer.MemoryCopy(x + pixel * _g.InChannels * _elementBytes, to, bytes, bytes);
        else RunBefore(x + pixel * _inChannels * _elementBytes, to, pixels, scratch);
    }

    /// <summary>Which rows are computed together depends on where a chunk begins: where that would change bits, it is each by itself.</summary>
    private void RunBefore(byte* from, byte* to, nint pixels, byte* scratch)
    {
        nint together = _before!.HasSameBitsAmongMany ? pixels : _g.InWidth;
        for (nint pixel = 0; pixel < pixels; pixel += together)
            RunPixels(_before, from + pixel * _inChannels * _elementBytes, null, to + pixel * _g.InChannels * _elementBytes, together, scratch);
    }

    private void Pad(byte* to, int rows)
    {
        for (int r = 0; r < rows; r++) new Span<byte>(to + r * InputRowBytes, (int)InputRowBytes).Fill(_padding);
    }

    private void RunDepthwise(byte* from, byte* to, byte* scratch)
    {
        if (_depthwise is PreparedConvInt8 int8) int8.Run(from, to, scratch, WorkerPool.Inline);
        else ((PreparedConvF32)_depthwise).Run((float*)from, null, (float*)to, scratch, WorkerPool.Inline);
    }

    private static void RunPixels(PreparedConv conv, byte* from, byte* residual, byte* to, nint pixels, byte* scratch)
    {
        if (conv is PreparedConvInt8 int8) int8.RunPixels(from, to, pixels, scratch, WorkerPool.Inline);
        else ((PreparedConvF32)conv).RunPixels((float*)from, (float*)residual, (float*)to, pixels, scratch, WorkerPool.Inline);
    }

    private readonly struct Job(ConvStrips strips, byte* x, byte* residual, byte* y, byte* scratch, int count, int chunks) : ISeatedJob
    {
        public void Execute(int chunk, int seat) => strips.Strips(
            (int)((long)count * chunk / chunks), (int)((long)count * (chunk + 1) / chunks), x, residual, y, scratch + seat * strips._threadStride);
    }
}
