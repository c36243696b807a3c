namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// How rows are divided among register tiles. Machine code has a tile for each number of rows: all are of about the same
/// height then, as a tile of few rows takes as long as one of twice as many, for the weights that it has to read. Where threads
/// had better have more of them, they are lower, but not so low that sums have another order: however threads share the work, a row
/// has the same bits.
/// </summary>
internal readonly struct RowTiles
{
    private readonly nint _rows;
    private readonly int _granule;

    /// <summary>Granules of the lower tiles, and how many tiles have one more.</summary>
    private readonly nint _lower, _higher;

    /// <param name="rows">Rows of A, at least 0.</param>
    /// <param name="tiles">What will compute them.</param>
    /// <param name="count">Tiles that there should be, at least as many as are needed, if that changes no bit: see <see cref="MayBe"/>.</param>
    public RowTiles(nint rows, TileSet tiles, nint count = 0)
    {
        _rows = rows;
        _granule = tiles.HasAllVariants ? tiles.RowGranule : tiles.MaxRows;
        Count = Math.Max((rows + tiles.MaxRows - 1) / tiles.MaxRows, count);
        if (Count > 0) (_lower, _higher) = Math.DivRem((rows + _granule - 1) / _granule, Count);
    }

    /// <summary>Tiles.</summary>
    public nint Count { get; }

    /// <summary>Whether the rows may as well be <paramref name="count"/> tiles, of which each has more than half of the rows that it can have: those add products in one order.</summary>
    public static bool MayBe(nint rows, TileSet tiles, nint count) => tiles is { HasAllVariants: true, RowGranule: 1 }
        && IsHigh(rows, (rows + tiles.MaxRows - 1) / tiles.MaxRows, tiles.MaxRows) && IsHigh(rows, count, tiles.MaxRows);

    private static bool IsHigh(nint rows, nint count, int maxRows) => count > 0 && rows / count > maxRows / 2;

    /// <summary>The first row of a tile; of <see cref="Count"/>, the end of all.</summary>
    public nint Start(nint tile) => Math.Min((tile * _lower + Math.Min(tile, _higher)) * _granule, _rows);

    /// <summary>Rows of a tile.</summary>
    public int Rows(nint tile) => (int)(Start(tile + 1) - Start(tile));

    /// <summary>The first tile behind <paramref name="tile"/> whose rows are not as many; <paramref name="last"/> if there is none before it.</summary>
    public nint EndOfRun(nint tile, nint last)
    {
        nint end = Math.Min(tile < _higher ? _higher : Count, last);
        // Of the last tile a granule may be cut short.
        return end == Count && end - tile > 1 && Rows(end - 1) != Rows(tile) ? end - 1 : end;
    }
}
