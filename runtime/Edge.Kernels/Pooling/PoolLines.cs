using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Pooling;

/// <summary>Elements that are put together: so many, so far apart, as often as there are outer ones. Strides are in elements.</summary>
internal readonly record struct FoldTaps(nint Outer, nint OuterStride, nint Inner, nint InnerStride)
{
    public nint Count => Outer * Inner;

    public nint At(nint tap) => Outer == 1 ? tap * InnerStride : tap / Inner * OuterStride + tap % Inner * InnerStride;
}

/// <summary>Runs of elements, one behind the other in the output, and so far apart in the input.</summary>
internal readonly record struct FoldRuns(nint Count, nint Length, nint Step);

/// <summary>Puts elements together in any order; to take one of them twice changes nothing.</summary>
internal unsafe interface IFold<T> where T : unmanaged
{
    /// <summary>Of no elements.</summary>
    static abstract T None { get; }

    /// <summary><c>y[i]</c> of <c>a[i]</c>, <c>b[i]</c> and <c>c[i]</c>, for all elements of all runs.</summary>
    /// <param name="a">First to be taken; may be <paramref name="y"/>.</param>
    /// <param name="aStep">From one run of it to the next.</param>
    /// <param name="b">The second.</param>
    /// <param name="c">The third.</param>
    /// <param name="y">The results, overlapping neither of these two.</param>
    /// <param name="runs">Of <paramref name="b"/>, <paramref name="c"/> and <paramref name="y"/>.</param>
    static abstract void Three(T* a, nint aStep, T* b, T* c, T* y, in FoldRuns runs);
}

/// <summary>
/// Pools line by line of the output, for windows whose elements may be put together in any order: first those above each other, for as many
/// neighbouring pixels as a buffer holds, then those beside each other. That is the sum of a window's height and width instead of
/// their product, and runs of elements instead of single pixels. Immutable.
/// </summary>
internal sealed unsafe class PoolLines
{
    private const int BufferBytes = 8 * 1024;

    /// <summary>Channels are cut into pieces no smaller than this.</summary>
    private const int LeastChannels = 64;

    /// <summary>Chunks for each thread.</summary>
    private const int ChunksPerThread = 4;

    private readonly PoolGeometry _g;
    private readonly PoolSpan[] _depth;
    private readonly PoolSpan[] _height;
    private readonly PoolSpan[] _width;

    /// <summary>Columns from the first to the last of a window.</summary>
    private readonly int _widest = 1;

    public PoolLines(in PoolGeometry geometry)
    {
        _g = geometry;
        _depth = geometry.Depth.Spans();
        _height = geometry.Height.Spans();
        _width = geometry.Width.Spans();
        foreach (PoolSpan w in _width) _widest = Math.Max(_widest, End(w) - w.First);
    }

    /// <summary>Pixels of a line of the output.</summary>
    public int LinePixels => _width.Length;

    /// <summary>Lines <paramref name="first"/> to <paramref name="end"/> − 1, on the calling thread.</summary>
    [SkipLocalsInit]
    public void RunLines<T, TFold>(T* x, T* y, nint first, nint end)
        where T : unmanaged
        where TFold : struct, IFold<T>
    {
        byte* buffer = stackalloc byte[BufferBytes];
        for (nint row = first; row < end; row++) Line<T, TFold>(x, y, row, 0, _g.Channels, (T*)buffer);
    }

    public void Run<T, TFold>(T* x, T* y, WorkerPool pool)
        where T : unmanaged
        where TFold : struct, IFold<T>
    {
        nint rows = (nint)_g.Batch * _depth.Length * _height.Length;
        if (rows == 0 || _width.Length == 0 || _g.Channels == 0) return;
        long perRow = Math.Max(1, (long)_width.Length * _g.Channels * ((long)_g.Depth.Kernel * _g.Height.Kernel + _g.Width.Kernel));
        nint least = (rows + pool.Threads * ChunksPerThread - 1) / (pool.Threads * ChunksPerThread);
        nint rowsPerChunk = (nint)Math.Clamp(Grain.Light / perRow, least, rows);
        int chunks = Grain.Chunks(rows, rowsPerChunk);
        int pieces = chunks < pool.Threads && perRow > Grain.Light ? Math.Clamp(_g.Channels / LeastChannels, 1, pool.Threads) : 1;
        var job = new Job<T, TFold> { Lines = this, X = x, Y = y, Rows = rows, RowsPerChunk = rowsPerChunk, Pieces = pieces };
        pool.Run(ref job, chunks * pieces);
    }

    private static int Capacity<T>() where T : unmanaged => BufferBytes / sizeof(T);

    /// <summary>Puts taps together; three at first, then two more at a time.</summary>
    private static void Fold<T, TFold>(T* x, in FoldTaps taps, T* y, in FoldRuns runs)
        where T : unmanaged
        where TFold : struct, IFold<T>
    {
        nint count = taps.Count, last = count - 1;
        if (count == 0)
        {
            new Span<T>(y, (int)(runs.Count * runs.Length)).Fill(TFold.None);
            return;
        }

        TFold.Three(x + taps.At(0), runs.Step, x + taps.At(nint.Min(1, last)), x + taps.At(nint.Min(2, last)), y, runs);
        for (nint tap = 3; tap < count; tap += 2) TFold.Three(y, runs.Length, x + taps.At(tap), x + taps.At(nint.Min(tap + 1, last)), y, runs);
    }

    /// <summary>Channels <paramref name="first"/> to <paramref name="last"/> of a line, as many at a time as the buffer holds of the widest window.</summary>
    private void Line<T, TFold>(T* x, T* y, nint row, nint first, nint last, T* buffer)
        where T : unmanaged
        where TFold : struct, IFold<T>
    {
        nint pixel = _g.Channels, line = _g.Width.Input * pixel, plane = _g.Height.Input * line;
        PoolSpan h = _height[row % _height.Length], d = _depth[row / _height.Length % _depth.Length];
        nint image = row / _height.Length / _depth.Length;
        x += image * _g.Depth.Input * plane + d.First * plane + h.First * line;
        y += row * _width.Length * pixel;
        var above = new FoldTaps(d.Taps, _g.Depth.Dilation * plane, h.Taps, _g.Height.Dilation * line);
        nint most = Math.Max(1, Capacity<T>() / _widest);
        for (nint c = first; c < last; c += most) Channels<T, TFold>(x + c, y + c, above, nint.Min(most, last - c), buffer);
    }

    private void Channels<T, TFold>(T* x, T* y, in FoldTaps above, nint channels, T* buffer)
        where T : unmanaged
        where TFold : struct, IFold<T>
    {
        nint pixel = _g.Channels;
        bool whole = channels == pixel, isFolded = above is { Outer: 1, Inner: 1 };
        nint between = isFolded ? pixel : channels;
        for (int o = 0; o < _width.Length;)
        {
            if (_width[o].Taps == 0 || (!isFolded && End(_width[o]) - _width[o].First > Capacity<T>()))
            {
                Alone<T, TFold>(x, y + o * pixel, above, _width[o], buffer, channels);
                o++;
                continue;
            }

            // Columns of some windows, put together once. With dilation and padding a window may begin before the one to its left.
            int from = _width[o].First, to = End(_width[o]), end = o + 1;
            for (; end < _width.Length && _width[end].Taps > 0; end++)
            {
                int first = Math.Min(from, _width[end].First), last = Math.Max(to, End(_width[end]));
                if (!isFolded && (last - first) * channels > Capacity<T>()) break;
                (from, to) = (first, last);
            }

            T* columns = isFolded ? x + from * pixel : buffer;
            if (!isFolded) Fold<T, TFold>(x + from * pixel, above, buffer, whole ? new(1, (to - from) * pixel, 0) : new(to - from, channels, pixel));
            for (int alike; o < end; o += alike)
            {
                PoolSpan w = _width[o];
                nint step = o + 1 < end ? _width[o + 1].First - w.First : 0;
                for (alike = 1; whole && o + alike < end && _width[o + alike] is var next && next.Taps == w.Taps && next.First == w.First + alike * step; alike++) { }
                // Windows that move on by one pixel each are one run.
                FoldRuns runs = step == 1 ? new(1, alike * channels, 0) : new(alike, channels, step * between);
                Fold<T, TFold>(columns + (w.First - from) * between, new FoldTaps(1, 0, w.Taps, _g.Width.Dilation * between), y + o * pixel, runs);
            }
        }
    }

    /// <summary>A window without columns, or of more than the buffer holds: column by column.</summary>
    private void Alone<T, TFold>(T* x, T* y, in FoldTaps above, in PoolSpan w, T* buffer, nint channels)
        where T : unmanaged
        where TFold : struct, IFold<T>
    {
        var run = new FoldRuns(1, channels, 0);
        Fold<T, TFold>(x, default, y, run);
        for (nint tap = 0; tap < w.Taps; tap++)
        {
            Fold<T, TFold>(x + (w.First + tap * _g.Width.Dilation) * _g.Channels, above, buffer, run);
            TFold.Three(y, 0, buffer, buffer, y, run);
        }
    }

    private int End(in PoolSpan span) => span.First + (span.Taps - 1) * _g.Width.Dilation + 1;

    private struct Job<T, TFold> : IParallelJob
        where T : unmanaged
        where TFold : struct, IFold<T>
    {
        public PoolLines Lines;
        public T* X;
        public T* Y;
        public nint Rows;
        public nint RowsPerChunk;
        public int Pieces;

        [SkipLocalsInit]
        public readonly void Execute(int chunk)
        {
            byte* buffer = stackalloc byte[BufferBytes];
            nint channels = Lines._g.Channels;
            nint first = channels * (chunk % Pieces) / Pieces, last = channels * (chunk % Pieces + 1) / Pieces;
            nint row = chunk / Pieces * RowsPerChunk, end = nint.Min(Rows, row + RowsPerChunk);
            for (; row < end; row++) Lines.Line<T, TFold>(X, Y, row, first, last, (T*)buffer);
        }
    }
}
