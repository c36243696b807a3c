namespace Edge.Kernels.Generic.Gemm;

/// <summary>The operands of a register tile, and of those that follow it. Strides are in bytes.</summary>
internal unsafe struct TileArguments
{
    /// <summary>What is fetched at once.</summary>
    public const int LineBytes = 64;

    /// <summary>Lines that are fetched ahead for each four steps; by tiles of a single row one.</summary>
    public const int LinesAhead = 4;

    /// <summary>
    /// Rows that use weights as fast as memory gives them: fetching others ahead would only be in the way. Of F(4×4) for 7×7
    /// pixels and 512 channels, which has four rows, it took half as long again.
    /// </summary>
    private const int FewRows = 6;

    /// <summary>
    /// <c>[tiles][Taps][MR]</c> addresses: where tap t finds the channels of tile row r. Where rows are equidistant,
    /// <c>[Taps]</c>: those of the first tile's row 0.
    /// </summary>
    public byte** Rows;

    /// <summary>From row to row, and so from tile to tile, where rows are equidistant.</summary>
    public nint RowStride;

    /// <summary>Tiles to be computed after the first one, with the same panel and initial values, on the rows that follow.</summary>
    public nint FurtherTiles;

    public nint Taps;

    /// <summary>Bytes <c>[Start, End)</c> behind each address take part; their number is a multiple of <see cref="ConvLayout.StepBytes"/>.</summary>
    public nint Start;

    public nint End;

    /// <summary>Packed B: <c>[Taps][steps][NR]</c> steps.</summary>
    public byte* Panel;

    /// <summary>
    /// What is wanted next and may be fetched meanwhile, <see cref="LinesAhead"/> and <see cref="AheadStep"/> bytes further for each
    /// four steps; a hint, which may lie outside of all memory.
    /// </summary>
    public byte* Ahead;

    public nint AheadStep;

    /// <summary>Initial accumulators, NR for each row; rows <see cref="InitStride"/> apart, which is 0 where all are alike.</summary>
    public byte* Init;

    public nint InitStride;

    /// <summary>Not 0 where the weights of all panels are more than the cache keeps from one run to the next.</summary>
    public nint Streams;

    /// <summary>
    /// For each row of all tiles what <see cref="ColumnFactors"/> are multiplied with and taken off the initial accumulators;
    /// null for nothing. Only of machine code of integer tiles.
    /// </summary>
    public int* RowTerms;

    /// <summary>NR int32.</summary>
    public int* ColumnFactors;

    /// <summary>float32 added to the results before they are bounded, laid out as the output, which it may be; null for none.</summary>
    public byte* Residual;

    /// <summary>Bit n: column n is stored; for tiles that look at it, and at least one of the last vector.</summary>
    public ulong ColumnMask;

    /// <summary>Output: all MR rows of NR elements are written, of all tiles, one below the other.</summary>
    public byte* Y;

    public nint YStride;

    /// <summary>NR scales, where the tile requantizes.</summary>
    public float* Scale;

    /// <summary>Bounds of the result before it is stored (before the zero point is added, where there is one).</summary>
    public float Low;

    public float High;

    public int ZeroPoint;

    /// <summary>
    /// The same for <see cref="Int8TileResult.BytesWithoutOverflow"/>, of bytes that are moved such that they are unsigned:
    /// zero point, bounds, and what exclusive or moves them back by.
    /// </summary>
    public short WordZero;

    public byte ByteLow;

    public byte ByteHigh;

    public byte ByteFlip;

    /// <summary>
    /// Lets the tiles of <paramref name="rows"/> rows fetch what comes after them: their turns of four steps share its lines,
    /// of which each fetches <see cref="LinesAhead"/> at most. <see cref="Panel"/> is set.
    /// </summary>
    /// <param name="next">What comes next.</param>
    /// <param name="bytes">How much of it.</param>
    /// <param name="rows">Rows of this panel, of all tiles.</param>
    /// <param name="tiles">Tiles that they are divided into.</param>
    /// <param name="turns">Turns of a tile.</param>
    public void FetchAhead(byte* next, nint bytes, nint rows, nint tiles, nint turns)
    {
        bool fetches = rows > FewRows && turns > 0;
        Ahead = fetches ? next : Panel;
        AheadStep = fetches ? Math.Min(bytes / (tiles * turns) + 1, LinesAhead * LineBytes) : 0;
    }
}
