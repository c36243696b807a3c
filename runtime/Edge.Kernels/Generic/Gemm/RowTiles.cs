namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// How rows are divided among register tiles. Machine code has a tile for each number of rows: all are of about the same
/// height then, as a tile of few rows takes as long as one of twice as many, for the weights that it has to read. Depends on nothing
/// but the rows and the tiles: however threads share the work, each row is computed in the same tile, and has the same bits.
/// </summary>
internal readonly struct RowTiles
{
    private readonly nint _rows;
    private readonly int _granule;

    /// <summary>Granules of the lower tiles, and how many tiles have one more.</summary>
    private readonly nint _lower, _higher;

    /// <param name="rows">Rows of A, at least 0.</param>
    /// <param name="tiles">What will compute them.</param>
    public RowTiles(nint rows, TileSet tiles)
    {
        _rows = rows;
        _granule = tiles.HasAllVariants ? tiles.RowGranule : tiles.MaxRows;
        Count = (rows + tiles.MaxRows - 1) / tiles.MaxRows;
        if (Count > 0) (_lower, _higher) = Math.DivRem((rows + _granule - 1) / _granule, Count);
    }

    /// <summary>Tiles.</summary>
    public nint Count { get; }

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
