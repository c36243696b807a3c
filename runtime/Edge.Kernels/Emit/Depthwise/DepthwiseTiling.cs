using Edge.Kernels.Dense;

namespace Edge.Kernels.Emit.Depthwise;

/// <summary>Output rows that are computed together.</summary>
/// <param name="Rows">How many.</param>
/// <param name="FirstInput">Of the input rows that they see, counted from the first one, padding included, the first that lies inside the image.</param>
/// <param name="EndInput">The one behind the last that does.</param>
internal readonly record struct RowStrip(int Rows, int FirstInput, int EndInput)
{
    /// <summary>Whether an input row of the strip lies inside the image.</summary>
    public bool Holds(int row) => row >= FirstInput && row < EndInput;
}

/// <summary>Output columns that are computed together; the other members as those of <see cref="RowStrip"/>.</summary>
internal readonly record struct ColumnTile(int Columns, int FirstInput, int EndInput)
{
    /// <summary>Whether an input column of the tile lies inside the image.</summary>
    public bool Holds(int column) => column >= FirstInput && column < EndInput;
}

/// <summary>
/// A depthwise convolution's output cut into tiles. Which of the input pixels of a tile are padding is known when its code
/// is written, so that borders cost no more than the inside.
/// </summary>
internal sealed class DepthwiseTiling
{
    /// <summary>Different strips and different tiles of a strip that are worth their code, and what they may multiply in all.</summary>
    private const int MaxStrips = 8, MaxTiles = 10, MaxProducts = 24_000;

    /// <param name="geometry">As many input as output channels; no side is empty.</param>
    /// <param name="rows">Rows of a tile.</param>
    /// <param name="columns">Columns of a tile.</param>
    public DepthwiseTiling(in ConvGeometry geometry, int rows, int columns)
    {
        Geometry = geometry;
        Rows = rows;
        Columns = columns;
        ColumnSpan = InputColumn(columns - 1, geometry.KernelWidth - 1) + 1;
        Tiles = (geometry.OutWidth + columns - 1) / columns;
        StripsPerImage = (geometry.OutHeight + rows - 1) / rows;
        // Equal strips follow each other: what is cut off at the top becomes less from strip to strip, at the bottom more.
        var strips = new List<RowStrip>();
        for (int i = 0; i < StripsPerImage; i++)
            if (StripAt(i) is var strip && (strips.Count == 0 || strips[^1] != strip)) strips.Add(strip);
        Strips = strips;
        var segments = new List<(ColumnTile, int)>();
        for (int i = 0; i < Tiles; i++)
        {
            ColumnTile tile = TileAt(i);
            if (segments is [.., var (last, count)] && last == tile) segments[^1] = (tile, count + 1);
            else segments.Add((tile, 1));
        }
        Segments = segments;
    }

    public ConvGeometry Geometry { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Input columns that a tile sees.</summary>
    public int ColumnSpan { get; }

    /// <summary>Tiles of a strip.</summary>
    public int Tiles { get; }

    /// <summary>Equal tiles one after the other, from left to right.</summary>
    public IReadOnlyList<(ColumnTile Tile, int Count)> Segments { get; }

    public int StripsPerImage { get; }

    /// <summary>Strips that need code of their own.</summary>
    public IReadOnlyList<RowStrip> Strips { get; }

    /// <summary>Whether its code stays small.</summary>
    public bool IsCompact => Strips.Count <= MaxStrips && Segments.Count <= MaxTiles
        && (long)Strips.Count * Segments.Count * Rows * Columns * Geometry.KernelHeight * Geometry.KernelWidth <= MaxProducts;

    /// <summary>The strip of an image with this index.</summary>
    public RowStrip StripAt(int strip)
    {
        int row = strip * Rows, rows = Math.Min(Rows, Geometry.OutHeight - row);
        var (first, end) = Inside(row * Geometry.StrideHeight - Geometry.PadTop, InputRow(rows - 1, Geometry.KernelHeight - 1) + 1, Geometry.InHeight);
        return new(rows, first, end);
    }

    /// <summary>The input row, counted within a strip, that a kernel row meets for an output row.</summary>
    public int InputRow(int row, int kernelRow) => row * Geometry.StrideHeight + kernelRow * Geometry.DilationHeight;

    /// <summary>The input column, counted within a tile, that a kernel column meets for an output column.</summary>
    public int InputColumn(int column, int kernelColumn) => column * Geometry.StrideWidth + kernelColumn * Geometry.DilationWidth;

    /// <summary>Which output rows of a strip meet an input row, and with which kernel row.</summary>
    public List<(int Row, int KernelRow)> RowsThatSee(int inputRow, int rows)
    {
        var see = new List<(int, int)>();
        for (int r = 0; r < rows; r++)
            for (int k = 0; k < Geometry.KernelHeight; k++)
                if (InputRow(r, k) == inputRow) see.Add((r, k));
        return see;
    }

    /// <summary>Whether an output row of a whole strip meets an input row.</summary>
    public bool IsSeen(int inputRow)
    {
        for (int r = 0; r < Rows; r++)
            for (int k = 0; k < Geometry.KernelHeight; k++)
                if (InputRow(r, k) == inputRow) return true;
        return false;
    }

    /// <summary>Which output columns of a tile meet an input column, and with which kernel column.</summary>
    public List<(int Column, int KernelColumn)> ColumnsThatSee(int inputColumn, int columns)
    {
        var see = new List<(int, int)>();
        for (int c = 0; c < columns; c++)
            for (int k = 0; k < Geometry.KernelWidth; k++)
                if (InputColumn(c, k) == inputColumn) see.Add((c, k));
        return see;
    }

    private ColumnTile TileAt(int tile)
    {
        int column = tile * Columns;
        var (first, end) = Inside(column * Geometry.StrideWidth - Geometry.PadLeft, ColumnSpan, Geometry.InWidth);
        return new(Math.Min(Columns, Geometry.OutWidth - column), first, end);
    }

    /// <summary>The part of <paramref name="span"/> rows or columns from <paramref name="start"/> that lies between 0 and <paramref name="size"/>.</summary>
    private static (int First, int End) Inside(int start, int span, int size) => (Math.Clamp(-start, 0, span), Math.Clamp(size - start, 0, span));
}
