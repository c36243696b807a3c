namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// The register tiles of one routine on one instruction set: as many columns each, fewer and fewer rows; and of each its
/// left half.
/// </summary>
internal sealed unsafe class TileSet
{
    private readonly Entry[] _tiles;

    private TileSet(int columns, params Entry[] tiles)
    {
        Columns = columns;
        _tiles = tiles;
    }

    /// <summary>NR: columns of a tile and of a packed panel.</summary>
    public int Columns { get; }

    /// <summary>Bytes of a row of A, and of a column of B, that a step takes.</summary>
    public int StepBytes { get; private init; } = 4;

    /// <summary>Rows of the largest tile.</summary>
    public int MaxRows => _tiles[0].Rows;

    /// <summary>Rows of the tile that <paramref name="rows"/> rows are computed with: the least that is enough.</summary>
    public int RowsFor(int rows) => _tiles[IndexFor(rows)].Rows;

    /// <summary>That tile, in one of its forms.</summary>
    public TileKernel KernelFor(int rows, TileVariant variant) => _tiles[IndexFor(rows)].Kernels[(int)variant];

    /// <summary>Whether tiles have all forms, not only whole and left half.</summary>
    public bool HasAllVariants { get; private init; }

    /// <summary>Where tiles have all forms: rows that are computed together, so that a tile of other than a multiple takes as long as the next one.</summary>
    public int RowGranule { get; private init; } = 1;

    /// <summary>Tiles of machine code: one for each number of rows.</summary>
    /// <param name="columns">NR.</param>
    /// <param name="maxRows">Of the largest tile.</param>
    /// <param name="rowGranule">Rows that are computed together, a divisor of <paramref name="maxRows"/>.</param>
    /// <param name="stepBytes">What a step takes of a row.</param>
    /// <param name="addressOf">Where the tile of some rows lies in a form.</param>
    public static TileSet Emitted(int columns, int maxRows, int rowGranule, int stepBytes, Func<int, TileVariant, nint> addressOf)
    {
        var tiles = new Entry[maxRows];
        for (int i = 0; i < tiles.Length; i++)
        {
            int rows = tiles.Length - i;
            tiles[i] = new(rows, [.. Variants.Select(v => TileKernel.Emitted(addressOf(rows, v)))]);
        }

        return new TileSet(columns, tiles) { HasAllVariants = true, RowGranule = rowGranule, StepBytes = stepBytes };
    }

    /// <summary>All forms.</summary>
    public static IEnumerable<TileVariant> Variants => Enumerable.Range(0, 8).Select(v => (TileVariant)v);

    /// <summary>Tiles for 32 vector registers.</summary>
    public static TileSet Wide<TTile, TAcc, TB, TX>()
        where TTile : ITile<TAcc, TB, TX> where TAcc : struct where TB : struct where TX : struct => new(
            2 * TTile.Lanes,
            new(12, &Tile<TTile, TAcc, TB, TX>.Rows12, &Tile<LeftTile<TTile, TAcc, TB, TX>, TAcc, TB, TX>.Rows12),
            new(8, &Tile<TTile, TAcc, TB, TX>.Rows8, &Tile<LeftTile<TTile, TAcc, TB, TX>, TAcc, TB, TX>.Rows8),
            new(4, &Tile<TTile, TAcc, TB, TX>.Rows4, &Tile<LeftTile<TTile, TAcc, TB, TX>, TAcc, TB, TX>.Rows4),
            new(1, &Tile<TTile, TAcc, TB, TX>.Rows1, &Tile<LeftTile<TTile, TAcc, TB, TX>, TAcc, TB, TX>.Rows1));

    /// <summary>Tiles for 16 vector registers.</summary>
    public static TileSet Narrow<TTile, TAcc, TB, TX>()
        where TTile : ITile<TAcc, TB, TX> where TAcc : struct where TB : struct where TX : struct => new(
            2 * TTile.Lanes,
            new(6, &Tile<TTile, TAcc, TB, TX>.Rows6, &Tile<LeftTile<TTile, TAcc, TB, TX>, TAcc, TB, TX>.Rows6),
            new(4, &Tile<TTile, TAcc, TB, TX>.Rows4, &Tile<LeftTile<TTile, TAcc, TB, TX>, TAcc, TB, TX>.Rows4),
            new(1, &Tile<TTile, TAcc, TB, TX>.Rows1, &Tile<LeftTile<TTile, TAcc, TB, TX>, TAcc, TB, TX>.Rows1));

    /// <summary>Tiles for 32 vector registers and products by one lane of them.</summary>
    public static TileSet ByElement<TTile, TAcc, TB, TX>()
        where TTile : IByElementTile<TAcc, TB, TX> where TAcc : struct where TB : struct where TX : struct => new(
            2 * TTile.Lanes,
            new(8, &ByElementTile<TTile, TAcc, TB, TX>.Rows8, &ByElementTile<LeftByElementTile<TTile, TAcc, TB, TX>, TAcc, TB, TX>.Rows8),
            new(4, &ByElementTile<TTile, TAcc, TB, TX>.Rows4, &ByElementTile<LeftByElementTile<TTile, TAcc, TB, TX>, TAcc, TB, TX>.Rows4),
            new(1, &Tile<TTile, TAcc, TB, TX>.Rows1, &Tile<LeftTile<TTile, TAcc, TB, TX>, TAcc, TB, TX>.Rows1));

    /// <summary>Tiles along the sum.</summary>
    public static TileSet Depth<TIsa, TAcc, TX, TProducts, TRequantize>()
        where TIsa : IDepthLanes<TAcc, TX, TProducts> where TAcc : struct where TX : struct where TProducts : struct where TRequantize : IFlag => new(
            2 * TIsa.Lanes,
            new(4, &DepthTile<TIsa, TAcc, TX, TProducts, TRequantize>.Rows4, &DepthTile<TIsa, TAcc, TX, TProducts, TRequantize>.LeftRows4),
            new(1, &DepthTile<TIsa, TAcc, TX, TProducts, TRequantize>.Rows1, &DepthTile<TIsa, TAcc, TX, TProducts, TRequantize>.LeftRows1))
            {
                StepBytes = DepthTile<TIsa, TAcc, TX, TProducts, TRequantize>.StepBytes,
            };

    private int IndexFor(int rows)
    {
        int i = _tiles.Length - 1;
        while (i > 0 && _tiles[i].Rows < rows) i--;
        return i;
    }

    private readonly struct Entry(int rows, TileKernel[] kernels)
    {
        public Entry(int rows, delegate*<TileArguments*, void> whole, delegate*<TileArguments*, void> leftHalf)
            : this(rows, [TileKernel.Compiled(whole, rows), TileKernel.Compiled(leftHalf, rows)])
        {
        }

        public readonly int Rows = rows;

        /// <summary>By <see cref="TileVariant"/>.</summary>
        public readonly TileKernel[] Kernels = kernels;
    }
}
