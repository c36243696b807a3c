using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>
/// A 3×3 convolution cut into tiles of m×m output pixels: how tiles are numbered, what of the input they see, and how the
/// (m + 2)² planes of inputs and weights are laid out.
/// </summary>
/// <remarks>
/// A plane of inputs holds a row of channels for each tile. Weights are <c>[panels][planes][steps][NR]</c>, as the tiles of
/// matrix products take them, four bytes a step: a float32 or a pair of int16; the last panel has half as many columns where
/// that is enough.
/// </remarks>
internal readonly struct WinogradLayout
{
    private const int StepBytes = 4, LineSteps = 64 / StepBytes;

    public readonly ConvGeometry Geometry;

    /// <summary>m.</summary>
    public readonly int Outputs;

    /// <summary>NR.</summary>
    public readonly int Columns;

    /// <summary>Steps of a product: a channel each, or two where elements have two bytes.</summary>
    public readonly int Steps;

    public readonly int TilesAcross;
    public readonly int TilesDown;

    /// <summary>Of all images.</summary>
    public readonly int Tiles;

    /// <param name="geometry">One that it <see cref="Takes"/>.</param>
    /// <param name="outputs">m.</param>
    /// <param name="columns">NR.</param>
    /// <param name="elementBytes">Bytes of an element of transformed inputs and weights: 4 or 2.</param>
    /// <exception cref="NotSupportedException">There are too many tiles.</exception>
    public WinogradLayout(in ConvGeometry geometry, int outputs, int columns, int elementBytes = sizeof(float))
    {
        Geometry = geometry;
        Outputs = outputs;
        Columns = columns;
        Steps = (geometry.InChannels * elementBytes + StepBytes - 1) / StepBytes;
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

    /// <summary>Steps from one tile's channels to the next's: whole lines of the cache.</summary>
    public int RowSteps => (Steps + LineSteps - 1) / LineSteps * LineSteps;

    /// <summary>Bytes of all weights.</summary>
    public nint WeightBytes => Panels == 0 ? 0 : PanelOffset(Panels - 1) + PanelBytes(Panels - 1);

    /// <summary>Columns of a panel: <see cref="Columns"/> or half of them.</summary>
    public int PanelColumns(int panel) => 2 * (Geometry.OutChannels - panel * Columns) <= Columns ? Columns / 2 : Columns;

    /// <summary>Where a panel's weights begin, in bytes.</summary>
    public nint PanelOffset(int panel) => (nint)panel * Planes * Steps * Columns * StepBytes;

    /// <summary>Bytes of a panel's weights of one plane.</summary>
    public nint PlanePanelBytes(int panel) => (nint)Steps * PanelColumns(panel) * StepBytes;

    private nint PanelBytes(int panel) => Planes * PlanePanelBytes(panel);

    /// <summary>
    /// Numbers of four bytes from plane to plane where each has <paramref name="rows"/> rows of <paramref name="rowLength"/>: an odd number
    /// of cache lines, so that what is written to all planes at once does not fall into a few sets of the cache.
    /// </summary>
    public static nint PlaneLength(int rows, int rowLength)
    {
        nint lines = ((nint)rows * rowLength + LineSteps - 1) / LineSteps;
        return (lines | 1) * LineSteps;
    }

    /// <summary>Where a tile is: its image, and the first row and column of its outputs.</summary>
    public (int Image, int Row, int Column) Place(int tile)
    {
        (int line, int across) = Math.DivRem(tile, TilesAcross);
        (int image, int down) = Math.DivRem(line, TilesDown);
        return (image, down * Outputs, across * Outputs);
    }

    /// <summary>What of the input a tile sees.</summary>
    public WinogradWindow Window(int tile)
    {
        (int image, int row, int column) = Place(tile);
        row -= Geometry.PadTop;
        column -= Geometry.PadLeft;
        nint pixel = ((nint)image * Geometry.InHeight + row) * Geometry.InWidth + column;
        return new(pixel, Math.Clamp(-row, 0, Side), Math.Clamp(Geometry.InHeight - row, 0, Side), Math.Clamp(-column, 0, Side), Math.Clamp(Geometry.InWidth - column, 0, Side));
    }
}
