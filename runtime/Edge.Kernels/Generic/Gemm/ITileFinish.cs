namespace Edge.Kernels.Generic.Gemm;

/// <summary>Which part of the output a tile computes.</summary>
internal unsafe struct TileSpan
{
    /// <summary>First output pixel.</summary>
    public nint Pixel;

    /// <summary>Pixels that count: the first rows of the tile.</summary>
    public int Rows;

    /// <summary>Rows that the tile has; of several tiles together, all of them.</summary>
    public int TileRows;

    /// <summary>The panel of B.</summary>
    public int Panel;

    /// <summary>First output channel.</summary>
    public int Channel;

    /// <summary>Output channels that count.</summary>
    public int Columns;

    /// <summary>Columns that the tile has.</summary>
    public int TileColumns;

    /// <summary>The tile stores no other columns than those that count.</summary>
    public bool Masked;

    /// <summary>Whether all rows and columns that the tile stores count.</summary>
    public readonly bool IsWhole => Rows == TileRows && (Columns == TileColumns || Masked);

    /// <summary>The sum of the bytes that each row reads of A, less <see cref="ITileFinish.RowSumOfZeroPoint"/>, if the routine asked for it.</summary>
    public int* RowSums;
}

/// <summary>What a routine does before and after a tile: where sums begin, and what becomes of them.</summary>
internal unsafe interface ITileFinish
{
    /// <summary>Whether <see cref="TileSpan.RowSums"/> is to be filled.</summary>
    bool NeedsRowSums { get; }

    /// <summary>Applied to each byte by exclusive or before it is summed.</summary>
    byte RowSumFlip { get; }

    /// <summary>Taken off each sum: that of a row that holds nothing but the input's zero point.</summary>
    int RowSumOfZeroPoint { get; }

    /// <summary>Whether tiles below each other, each a span like this one, may be taken together, as a span of all their rows.</summary>
    bool TakesRun(in TileSpan span);

    /// <summary>
    /// Sets all of <paramref name="t"/> from <see cref="TileArguments.Init"/> on. <paramref name="buffer"/> has room for
    /// one tile of 4-byte elements; it may serve both as initial values and as output.
    /// </summary>
    void Begin(ref TileArguments t, in TileSpan span, byte* buffer);

    /// <summary>Called when the tile is done.</summary>
    void End(in TileArguments t, in TileSpan span, byte* buffer);
}
