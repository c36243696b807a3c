using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>
/// A 3×3 convolution cut into tiles of m×m output pixels: how tiles are numbered, what of the input they see, and how the
/// (m + 2)² planes of inputs and weights are laid out.
/// </summary>
/// <remarks>
/// A plane of inputs holds a row of channels for each tile. Weights are <c>[panels][planes][InC][NR]</c>, as the tiles of
/// matrix products take them; the last panel has half as many columns where that is enough.
/// </remarks>
internal readonly struct WinogradLayout
{
    private const int LineFloats = 16;

    public readonly ConvGeometry Geometry;

    /// <summary>m.</summary>
    public readonly int Outputs;

    /// <summary>NR.</summary>
    public readonly int Columns;

    public readonly int TilesAcross;
    public readonly int TilesDown;

    /// <summary>Of all images.</summary>
    public readonly int Tiles;

    /// <exception cref="NotSupportedException">There are too many tiles.</exception>
    public WinogradLayout(in ConvGeometry geometry, int outputs, int columns)
    {
        Geometry = geometry;
        Outputs = outputs;
        Columns = columns;
        TilesAcross = (geometry.OutWidth + outputs - 1) / outputs;
        TilesDown = (geometry.OutHeight + outputs - 1) / outputs;
        long tiles = (long)geometry.Batch * TilesDown * TilesAcross;
        if (tiles > int.MaxValue) throw new NotSupportedException($"{tiles} tiles of a convolution; supported: {int.MaxValue}");
        Tiles = (int)tiles;
    }

    /// <summary>Whether a convolution can be computed so.</summary>
    public static bool Takes(in ConvGeometry g) =>
        g is { KernelHeight: 3, KernelWidth: 3, StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1, Group: 1 };

    /// <summary>Rows and columns of a tile of the input.</summary>
    public int Side => Outputs + 2;

    public int Planes => Side * Side;

    public int Panels => (Geometry.OutChannels + Columns - 1) / Columns;

    /// <summary>Floats from one tile's channels to the next's.</summary>
    public int RowFloats => (Geometry.InChannels + LineFloats - 1) / LineFloats * LineFloats;

    /// <summary>Bytes of all weights.</summary>
    public nint WeightBytes => Panels == 0 ? 0 : PanelOffset(Panels - 1) + PanelBytes(Panels - 1);

    /// <summary>Columns of a panel: <see cref="Columns"/> or half of them.</summary>
    public int PanelColumns(int panel) => 2 * (Geometry.OutChannels - panel * Columns) <= Columns ? Columns / 2 : Columns;

    /// <summary>Where a panel's weights begin, in bytes.</summary>
    public nint PanelOffset(int panel) => (nint)panel * Planes * Geometry.InChannels * Columns * sizeof(float);

    /// <summary>Bytes of a panel's weights of one plane.</summary>
    public nint PlanePanelBytes(int panel) => (nint)Geometry.InChannels * PanelColumns(panel) * sizeof(float);

    private nint PanelBytes(int panel) => Planes * PlanePanelBytes(panel);

    /// <summary>
    /// Floats from plane to plane where each has <paramref name="rows"/> rows of <paramref name="rowFloats"/>: an odd number
    /// of cache lines, so that what is written to all planes at once does not fall into a few sets of the cache.
    /// </summary>
    public static nint PlaneFloats(int rows, int rowFloats)
    {
        nint lines = ((nint)rows * rowFloats + LineFloats - 1) / LineFloats;
        return (lines | 1) * LineFloats;
    }

    /// <summary>Where a tile is: its image, and the first row and column of its outputs.</summary>
    public (int Image, int Row, int Column) Place(int tile)
    {
        (int line, int across) = Math.DivRem(tile, TilesAcross);
        (int image, int down) = Math.DivRem(line, TilesDown);
        return (image, down * Outputs, across * Outputs);
    }
}
