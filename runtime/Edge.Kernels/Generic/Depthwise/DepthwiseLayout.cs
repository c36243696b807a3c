using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Depthwise;

/// <summary>Which body computes a depthwise convolution.</summary>
internal enum DepthwiseKernel
{
    Any,
    Width3Stride1,
    Width3Stride2,
    Width5Stride1,
    Width5Stride2,
}

/// <summary>Units next to each other in one output row that can be computed with one table of addresses.</summary>
/// <param name="Image">Index in the batch.</param>
/// <param name="Row">Output row.</param>
/// <param name="Column">First output column.</param>
/// <param name="Units">How many; several only where no window touches the padding on the left or right.</param>
/// <param name="Pixels">Pixels of a unit that exist.</param>
internal readonly record struct DepthwiseRun(int Image, int Row, int Column, int Units, int Pixels);

/// <summary>
/// A depthwise convolution cut into units of four neighbouring output pixels. The geometry has as many input as output
/// channels (see <see cref="ChannelRepeat"/> for the others).
/// </summary>
internal readonly unsafe struct DepthwiseLayout
{
    /// <summary>Multiply-accumulates that are worth handing to another thread.</summary>
    private const long MinChunkMacs = 64 * 1024;

    private const int ChunksPerThread = 6;

    public readonly ConvGeometry Geometry;
    public readonly DepthwiseKernel Kernel;
    public readonly int ElementBytes;
    public readonly int UnitsPerRow;

    // Units whose windows lie inside the image, padding above and below aside.
    private readonly int _firstInner;
    private readonly int _endInner;

    public DepthwiseLayout(in ConvGeometry geometry, int elementBytes)
    {
        const int P = DepthwiseArguments.Pixels;
        Geometry = geometry;
        ElementBytes = elementBytes;
        UnitsPerRow = (geometry.OutWidth + P - 1) / P;
        Kernel = geometry switch
        {
            { DilationWidth: not 1 } => DepthwiseKernel.Any,
            { KernelWidth: 3, StrideWidth: 1 } => DepthwiseKernel.Width3Stride1,
            { KernelWidth: 3, StrideWidth: 2 } => DepthwiseKernel.Width3Stride2,
            { KernelWidth: 5, StrideWidth: 1 } => DepthwiseKernel.Width5Stride1,
            { KernelWidth: 5, StrideWidth: 2 } => DepthwiseKernel.Width5Stride2,
            _ => DepthwiseKernel.Any,
        };
        int unitColumns = P * geometry.StrideWidth;
        int seen = (P - 1) * geometry.StrideWidth + (geometry.KernelWidth - 1) * geometry.DilationWidth + 1;
        int lastColumn = Math.Min(geometry.InWidth + geometry.PadLeft - seen, (geometry.OutWidth - P) * geometry.StrideWidth);
        _firstInner = (geometry.PadLeft + unitColumns - 1) / unitColumns;
        _endInner = lastColumn < 0 ? 0 : lastColumn / unitColumns + 1;
    }

    /// <summary>Part of kernels' names.</summary>
    public string KernelSuffix => Kernel switch
    {
        DepthwiseKernel.Width3Stride1 => "w3s1",
        DepthwiseKernel.Width3Stride2 => "w3s2",
        DepthwiseKernel.Width5Stride1 => "w5s1",
        DepthwiseKernel.Width5Stride2 => "w5s2",
        _ => "any",
    };

    public int Taps => Geometry.KernelHeight * Geometry.KernelWidth;

    public nint Units => (nint)Geometry.Batch * Geometry.OutHeight * UnitsPerRow;

    /// <summary>Addresses that a run needs.</summary>
    public int TableEntries => Geometry.KernelHeight * RowEntries;

    public nint PixelBytes => (nint)Geometry.InChannels * ElementBytes;

    /// <summary>Input bytes from one unit to the next.</summary>
    public nint UnitStride => DepthwiseArguments.Pixels * Geometry.StrideWidth * PixelBytes;

    /// <summary>Bytes of padding that runs read, each tap from its start: as far as the units of the longest run are apart.</summary>
    public nint PaddingRowBytes => (Math.Max(0, _endInner - _firstInner - 1) * UnitStride) + (Geometry.KernelWidth * PixelBytes) + 64;

    private int RowEntries => Kernel == DepthwiseKernel.Any
        ? Geometry.KernelWidth * DepthwiseArguments.Pixels
        : (DepthwiseArguments.Pixels - 1) * Geometry.StrideWidth + Geometry.KernelWidth;

    /// <summary>
    /// How int8 kernels pair taps: one tap and the next, or, for kernels that reuse columns, each with the one below it; the
    /// last one stays alone (−1) if their number, or that of rows, is odd.
    /// </summary>
    public (int First, int Second)[] TapPairs()
    {
        int width = Kernel == DepthwiseKernel.Any ? 1 : Geometry.KernelWidth, taps = Taps;
        return [.. from pair in Enumerable.Range(0, (taps / width + 1) / 2)
                   from column in Enumerable.Range(0, width)
                   let first = 2 * pair * width + column
                   select (first, first + width < taps ? first + width : -1)];
    }

    public int Chunks(int threads) => threads == 1 ? 1 : (int)Math.Min(Units, Math.Clamp(Geometry.Macs / MinChunkMacs, 1, threads * ChunksPerThread));

    /// <summary>The run that begins with unit <paramref name="unit"/> and has at most <paramref name="limit"/> units.</summary>
    public DepthwiseRun Run(nint unit, nint limit)
    {
        (nint line, nint first) = Math.DivRem(unit, UnitsPerRow);
        (nint image, nint row) = Math.DivRem(line, Geometry.OutHeight);
        int column = (int)first * DepthwiseArguments.Pixels;
        int units = first >= _firstInner && first < _endInner ? (int)Math.Min(_endInner - first, limit) : 1;
        return new((int)image, (int)row, column, units, Math.Min(DepthwiseArguments.Pixels, Geometry.OutWidth - column));
    }

    /// <summary>Writes the input addresses of a run's first unit; what lies outside the image is <paramref name="padding"/>.</summary>
    public void Fill(byte* x, byte* padding, in DepthwiseRun run, byte** table)
    {
        ConvGeometry g = Geometry;
        int left = run.Column * g.StrideWidth - g.PadLeft;
        for (int ky = 0; ky < g.KernelHeight; ky++)
        {
            int iy = run.Row * g.StrideHeight - g.PadTop + ky * g.DilationHeight;
            bool inside = (uint)iy < (uint)g.InHeight;
            byte* line = x + (((nint)run.Image * g.InHeight + iy) * g.InWidth + left) * PixelBytes;
            for (int i = 0; i < RowEntries; i++)
            {
                int column = Column(i, run.Pixels);
                *table++ = inside && (uint)(left + column) < (uint)g.InWidth ? line + column * PixelBytes : padding;
            }
        }
    }

    /// <summary>Input column of entry <paramref name="i"/> of a table row, from the first one that the unit sees.</summary>
    private int Column(int i, int pixels)
    {
        if (Kernel != DepthwiseKernel.Any) return i;
        (int kx, int pixel) = Math.DivRem(i, DepthwiseArguments.Pixels);
        return kx * Geometry.DilationWidth + Math.Min(pixel, pixels - 1) * Geometry.StrideWidth;
    }
}
