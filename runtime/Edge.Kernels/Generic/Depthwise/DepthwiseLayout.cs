using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Depthwise;

/// <summary>Which body computes a depthwise convolution.</summary>
internal enum DepthwiseKernel
{
    Any,
    ThreeByThreeStride1,
    ThreeByThreeStride2,
}

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

    public DepthwiseLayout(in ConvGeometry geometry, int elementBytes)
    {
        Geometry = geometry;
        ElementBytes = elementBytes;
        UnitsPerRow = (geometry.OutWidth + DepthwiseArguments.Pixels - 1) / DepthwiseArguments.Pixels;
        Kernel = geometry switch
        {
            { KernelHeight: 3, KernelWidth: 3, StrideWidth: 1, DilationWidth: 1 } => DepthwiseKernel.ThreeByThreeStride1,
            { KernelHeight: 3, KernelWidth: 3, StrideWidth: 2, DilationWidth: 1 } => DepthwiseKernel.ThreeByThreeStride2,
            _ => DepthwiseKernel.Any,
        };
    }

    /// <summary>Part of kernels' names.</summary>
    public string KernelSuffix => Kernel switch
    {
        DepthwiseKernel.ThreeByThreeStride1 => "3x3s1",
        DepthwiseKernel.ThreeByThreeStride2 => "3x3s2",
        _ => "any",
    };

    public int Taps => Geometry.KernelHeight * Geometry.KernelWidth;

    public nint Units => (nint)Geometry.Batch * Geometry.OutHeight * UnitsPerRow;

    /// <summary>Addresses that a unit needs.</summary>
    public int TableEntries => Geometry.KernelHeight * RowEntries;

    public nint PixelBytes => (nint)Geometry.InChannels * ElementBytes;

    private int RowEntries => Kernel switch
    {
        DepthwiseKernel.ThreeByThreeStride1 => DepthwiseArguments.Pixels + 2,
        DepthwiseKernel.ThreeByThreeStride2 => 2 * DepthwiseArguments.Pixels + 1,
        _ => Geometry.KernelWidth * DepthwiseArguments.Pixels,
    };

    /// <summary>
    /// How int8 kernels pair taps: those of 3×3 the two upper rows of each column, then the lowest row alone (−1); others
    /// one tap and the next.
    /// </summary>
    public (int First, int Second)[] TapPairs()
    {
        if (Kernel != DepthwiseKernel.Any) return [(0, 3), (1, 4), (2, 5), (6, -1), (7, -1), (8, -1)];
        int taps = Taps;
        return [.. Enumerable.Range(0, (taps + 1) / 2).Select(p => (2 * p, 2 * p + 1 < taps ? 2 * p + 1 : -1))];
    }

    public int Chunks(int threads) => threads == 1 ? 1 : (int)Math.Min(Units, Math.Clamp(Geometry.Macs / MinChunkMacs, 1, threads * ChunksPerThread));

    /// <summary>
    /// Where unit <paramref name="unit"/> lies: its image, row and first column in the output, and how many of its pixels exist.
    /// </summary>
    public (int Image, int Row, int Column, int Count) Locate(nint unit)
    {
        (nint line, nint inRow) = Math.DivRem(unit, UnitsPerRow);
        (nint image, nint row) = Math.DivRem(line, Geometry.OutHeight);
        int column = (int)inRow * DepthwiseArguments.Pixels;
        return ((int)image, (int)row, column, Math.Min(DepthwiseArguments.Pixels, Geometry.OutWidth - column));
    }

    /// <summary>Writes the input addresses of a unit; what lies outside the image is <paramref name="padding"/>.</summary>
    public void Fill(byte* x, byte* padding, int image, int row, int column, int count, byte** table)
    {
        ConvGeometry g = Geometry;
        int left = column * g.StrideWidth - g.PadLeft;
        for (int ky = 0; ky < g.KernelHeight; ky++)
        {
            int iy = row * g.StrideHeight - g.PadTop + ky * g.DilationHeight;
            bool inside = (uint)iy < (uint)g.InHeight;
            byte* line = x + ((nint)image * g.InHeight + iy) * g.InWidth * PixelBytes;
            for (int i = 0; i < RowEntries; i++)
            {
                int ix = left + Offset(i, count);
                *table++ = inside && (uint)ix < (uint)g.InWidth ? line + ix * PixelBytes : padding;
            }
        }
    }

    /// <summary>Input column of entry <paramref name="i"/> of a table row, from the first one that the unit sees.</summary>
    private int Offset(int i, int count)
    {
        if (Kernel != DepthwiseKernel.Any) return i;
        (int kx, int pixel) = Math.DivRem(i, DepthwiseArguments.Pixels);
        return kx * Geometry.DilationWidth + Math.Min(pixel, count - 1) * Geometry.StrideWidth;
    }
}
