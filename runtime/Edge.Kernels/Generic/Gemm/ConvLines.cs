using System.Runtime.CompilerServices;
using Edge.Kernels.Dense;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// A convolution of few channels, whose taps are kernel rows, line by line of its output: the lines of the input are copied
/// between their padding, so that the windows of a line's pixels are equidistant, and no tables are needed. A line is copied
/// once for all output lines that it takes part in.
/// </summary>
internal readonly unsafe struct ConvLines<TFinish> : IParallelJob
    where TFinish : struct, ITileFinish
{
    /// <summary>Most bytes of lines, and of what is summed of them, on a worker's stack.</summary>
    private const int MaxLineBytes = 128 * 1024;

    private readonly PanelTiles<TFinish> _panels;
    private readonly byte* _x;
    private readonly byte _padding;
    private readonly int _chunks;

    /// <summary>Of a line.</summary>
    private readonly RowTiles _division;

    private ConvLines(in PanelTiles<TFinish> panels, byte* x, byte padding, int threads)
    {
        _panels = panels;
        _x = x;
        _padding = padding;
        _division = new RowTiles(panels.Layout.Geometry.OutWidth, panels.Tiles);
        long wanted = ConvChunks.Wanted(panels.Layout, threads);
        _chunks = (int)Math.Min(wanted, Lines(panels.Layout));
    }

    /// <summary>Whether a convolution may be run so.</summary>
    public static bool Takes(in PanelTiles<TFinish> panels) =>
        panels.Layout.RowTaps && panels.Tiles.HasAllVariants && (Window(panels.Layout) + 1) * LineBytes(panels.Layout) + RowSumBytes(panels) <= MaxLineBytes;

    /// <summary>Runs the convolution. Allocates nothing.</summary>
    /// <param name="panels">The weights and what becomes of sums.</param>
    /// <param name="x">The input.</param>
    /// <param name="padding">Each byte of padding.</param>
    /// <param name="pool">The threads to use.</param>
    public static void Run(in PanelTiles<TFinish> panels, byte* x, byte padding, WorkerPool pool)
    {
        var job = new ConvLines<TFinish>(panels, x, padding, pool.Threads);
        pool.Run(ref job, job._chunks);
    }

    /// <summary>Computes lines <c>first … first + lines − 1</c> of the output on the calling thread. Allocates nothing.</summary>
    /// <inheritdoc cref="Run"/>
    public static void RunRange(in PanelTiles<TFinish> panels, byte* x, byte padding, long first, long lines) =>
        new ConvLines<TFinish>(panels, x, padding, threads: 1).Compute(first, first + lines);

    public void Execute(int chunk)
    {
        long all = Lines(_panels.Layout);
        Compute(all * chunk / _chunks, all * (chunk + 1) / _chunks);
    }

    [SkipLocalsInit]
    private void Compute(long first, long end)
    {
        ref readonly ConvLayout layout = ref _panels.Layout;
        int window = Window(layout);
        nint lineBytes = LineBytes(layout);
        byte* lines = stackalloc byte[(int)((window + 1) * lineBytes)];
        // Which input line each of them holds; behind them lies one of padding alone.
        long* held = stackalloc long[window];
        byte* buffer = stackalloc byte[_panels.BufferBytes];
        byte** taps = stackalloc byte*[layout.Taps];
        int* rowSums = stackalloc int[(int)(RowSumBytes(_panels) / sizeof(int))];
        new Span<byte>(lines, (int)((window + 1) * lineBytes)).Fill(_padding);
        new Span<long>(held, window).Fill(-1);
        for (long line = first; line < end; line++) Line(line, lines, held, taps, rowSums, buffer);
    }

    private void Line(long line, byte* lines, long* held, byte** taps, int* rowSums, byte* buffer)
    {
        ref readonly ConvLayout layout = ref _panels.Layout;
        ConvGeometry g = layout.Geometry;
        int window = Window(layout);
        nint lineBytes = LineBytes(layout);
        (long image, long row) = Math.DivRem(line, g.OutHeight);
        for (int ky = 0; ky < g.KernelHeight; ky++)
        {
            long iy = row * g.StrideHeight - g.PadTop + ky * g.DilationHeight;
            if (iy < 0 || iy >= g.InHeight)
            {
                taps[ky] = lines + window * lineBytes;
                continue;
            }

            int place = (int)(iy % window);
            taps[ky] = lines + place * lineBytes;
            long source = image * g.InHeight + iy;
            if (held[place] == source) continue;
            held[place] = source;
            nint bytes = Copied(layout) * layout.PixelBytes;
            Buffer.MemoryCopy(_x + (nint)source * g.InWidth * layout.PixelBytes, taps[ky] + g.PadLeft * layout.PixelBytes, bytes, bytes);
        }

        var rows = new TileRows(taps, g.StrideWidth * layout.PixelBytes);
        nint pixel = (nint)line * g.OutWidth;
        if (_panels.Finish.NeedsRowSums) RowSums.OfEquidistant(rows, layout.Taps, layout.TapElements, 0, g.OutWidth, _panels.Finish.RowSumFlip, _panels.Finish.RowSumOfZeroPoint, rowSums);
        for (int panel = 0; panel < layout.Panels; panel++) _panels.Run(panel, pixel, _division, 0, _division.Count, rows, rowSums, buffer);
    }

    /// <summary>Bytes of a sum for each pixel of a line, where they are needed.</summary>
    private static nint RowSumBytes(in PanelTiles<TFinish> panels) => panels.Finish.NeedsRowSums ? panels.Layout.Geometry.OutWidth * sizeof(int) : 0;

    private static long Lines(in ConvLayout layout) => (long)layout.Geometry.Batch * layout.Geometry.OutHeight;

    /// <summary>Input lines from the first to the last that an output line is made of.</summary>
    private static int Window(in ConvLayout layout) => (layout.Geometry.KernelHeight - 1) * layout.Geometry.DilationHeight + 1;

    /// <summary>Pixels that all windows of a line cover, padding included.</summary>
    private static int Covered(in ConvLayout layout) => (layout.Geometry.OutWidth - 1) * layout.Geometry.StrideWidth + layout.Geometry.KernelWidth;

    /// <summary>Pixels of a line that are copied: those that some window covers.</summary>
    private static int Copied(in ConvLayout layout) => Math.Clamp(Covered(layout) - layout.Geometry.PadLeft, 0, layout.Geometry.InWidth);

    /// <summary>Bytes of a line: what windows cover, and what a last step may read behind it.</summary>
    private static nint LineBytes(in ConvLayout layout) => (Covered(layout) * layout.PixelBytes + layout.StepBytes + 63) & ~(nint)63;
}
