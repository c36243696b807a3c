using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// A convolution seen as a matrix product: a row of A is an output pixel, a column of B an output channel, and the sum
/// runs over taps, each of which is a contiguous stretch of the input.
/// </summary>
/// <remarks>
/// A tap is either one kernel element with its channels, or, where channels are few, one kernel row: the channels of its
/// <c>kW</c> pixels lie side by side. Panels hold <c>[Taps][TapSteps][Columns]</c> steps of
/// <see cref="StepBytes"/>; each group has panels of its own.
/// </remarks>
internal readonly struct ConvLayout
{
    /// <summary>A kernel row becomes one tap if a pixel has no more bytes than this: short inner loops cost more than copying windows that overlap the padding.</summary>
    private const int MaxBytesOfRowTaps = 64;

    /// <summary>Most bytes of windows that one tile may have to copy.</summary>
    private const int MaxGatherBytes = 32 * 1024;

    /// <summary>Beyond this, the address table of one tile would not fit on a worker's stack.</summary>
    private const int MaxTaps = 16 * 1024;

    public readonly ConvGeometry Geometry;
    public readonly int Columns;
    public readonly int Taps;

    /// <summary>Elements of a tap, as many as the weights have.</summary>
    public readonly int TapElements;

    /// <summary>Bytes from one pixel, or row of A, to the next.</summary>
    public readonly nint PixelBytes;

    public readonly int ElementBytes;

    /// <summary>Bytes of a row of A, and of a column, that a step takes.</summary>
    public readonly int StepBytes;

    public readonly int PanelsPerGroup;
    public readonly bool RowTaps;

    private readonly bool _gathers;

    /// <param name="geometry">The convolution.</param>
    /// <param name="tiles">What will compute it.</param>
    /// <param name="elementBytes">Bytes of an element of A: 4, 2 or 1.</param>
    /// <exception cref="NotSupportedException">The kernel has too many elements.</exception>
    public ConvLayout(in ConvGeometry geometry, TileSet tiles, int elementBytes)
        : this(geometry, tiles, elementBytes, (nint)geometry.InChannels * elementBytes)
    {
    }

    /// <summary>As the other, with rows of A that lie <paramref name="pixelBytes"/> apart: for matrix products.</summary>
    public ConvLayout(in ConvGeometry geometry, TileSet tiles, int elementBytes, nint pixelBytes)
    {
        Geometry = geometry;
        Columns = tiles.Columns;
        ElementBytes = elementBytes;
        StepBytes = tiles.StepBytes;
        PixelBytes = pixelBytes;
        RowTaps = HasRowTaps(geometry, tiles.MaxRows, elementBytes);
        _gathers = RowTaps && Pads(geometry);
        Taps = geometry.KernelHeight * (RowTaps ? 1 : geometry.KernelWidth);
        TapElements = geometry.InChannelsPerGroup * (RowTaps ? geometry.KernelWidth : 1);
        PanelsPerGroup = (geometry.OutChannelsPerGroup + Columns - 1) / Columns;
        if (Taps > MaxTaps) throw new NotSupportedException($"a kernel of {geometry.KernelHeight}×{geometry.KernelWidth} has more than {MaxTaps} elements");
    }

    /// <summary>The same for other than all pixels of a convolution that <see cref="IsPointwise"/>.</summary>
    public ConvLayout WithPixels(nint pixels, TileSet tiles) =>
        new(Geometry with { Batch = 1, InHeight = 1, OutHeight = 1, InWidth = checked((int)pixels), OutWidth = checked((int)pixels) }, tiles, ElementBytes, PixelBytes);

    /// <summary>Steps in a tap, the last one padded with zero weights.</summary>
    public int TapSteps => (TapElements * ElementBytes + StepBytes - 1) / StepBytes;

    /// <summary>Bytes that the steps of a tap take of a row of A.</summary>
    public int TapBytes => TapSteps * StepBytes;

    public int Panels => PanelsPerGroup * Geometry.Group;

    /// <summary>Bytes of all panels.</summary>
    public nint PackedBytes => Geometry.Group * GroupBytes;

    private nint ColumnBytes => (nint)Taps * TapBytes;

    private nint GroupBytes => (PanelsPerGroup == 0 ? 0 : (PanelsPerGroup - 1) * Columns + PanelColumns(PanelsPerGroup - 1)) * ColumnBytes;

    /// <summary>Columns of a panel: <see cref="Columns"/> or half of them.</summary>
    public int PanelColumns(int panel)
    {
        int left = Geometry.OutChannelsPerGroup - panel % PanelsPerGroup * Columns;
        return 2 * left <= Columns ? Columns / 2 : Columns;
    }

    /// <summary>Where a panel begins, in bytes.</summary>
    public nint PanelOffset(int panel)
    {
        (int group, int inGroup) = Math.DivRem(panel, PanelsPerGroup);
        return group * GroupBytes + inGroup * Columns * ColumnBytes;
    }

    /// <summary>Output pixels: rows of A and of the output.</summary>
    public nint Pixels => Geometry.Pixels;

    /// <summary>Bytes of a row of padding: as many as any tap of any group may read.</summary>
    public nint PaddingRowBytes => Math.Max((nint)Geometry.InChannels * ElementBytes, TapBytes) + 16;

    /// <summary>Bytes to copy for each window of a kernel row that overlaps the padding.</summary>
    public nint GatherStride => _gathers ? ((nint)TapBytes + 15) & ~(nint)15 : 0;

    /// <summary>Pixel m of the output is made of pixel m of the input alone.</summary>
    public bool IsPointwise =>
        Geometry is { KernelHeight: 1, KernelWidth: 1, StrideHeight: 1, StrideWidth: 1, PadTop: 0, PadLeft: 0 }
        && Geometry.OutHeight == Geometry.InHeight && Geometry.OutWidth == Geometry.InWidth;

    /// <summary>Position of weight (channel, ky, kx) within the packed rows of a tap, and the tap.</summary>
    public (int Tap, int Element) Place(int channel, int ky, int kx) => RowTaps
        ? (ky, kx * Geometry.InChannelsPerGroup + channel)
        : (ky * Geometry.KernelWidth + kx, channel);

    /// <summary>Whether windows overlap the padding.</summary>
    private static bool Pads(in ConvGeometry g) => g.PadTop > 0 || g.PadLeft > 0
        || (g.OutHeight - 1) * g.StrideHeight + (g.KernelHeight - 1) * g.DilationHeight >= g.InHeight
        || (g.OutWidth - 1) * g.StrideWidth + (g.KernelWidth - 1) * g.DilationWidth >= g.InWidth;

    private static bool HasRowTaps(in ConvGeometry g, int maxRows, int elementBytes)
    {
        if (g.Group != 1 || g.DilationWidth != 1 || g.KernelWidth == 1 || g.InChannels * elementBytes > MaxBytesOfRowTaps) return false;
        if (!Pads(g)) return true;
        long gather = (long)maxRows * g.KernelHeight * (g.KernelWidth * g.InChannels * elementBytes + 15);
        return gather <= MaxGatherBytes;
    }
}
