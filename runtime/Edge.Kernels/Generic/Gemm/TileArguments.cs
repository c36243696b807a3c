namespace Edge.Kernels.Generic.Gemm;

/// <summary>The operands of one register tile. Strides are in bytes.</summary>
internal unsafe struct TileArguments
{
    /// <summary><c>[Taps][MR]</c> addresses: where tap t finds the channels of tile row r.</summary>
    public byte** Rows;

    public nint Taps;

    /// <summary>Bytes <c>[Start, End)</c> behind each address take part; their number is a multiple of 4.</summary>
    public nint Start;

    public nint End;

    /// <summary>Packed B: <c>[Taps][steps][NR]</c> steps.</summary>
    public byte* Panel;

    /// <summary>Initial accumulators, NR for each row; rows <see cref="InitStride"/> apart, which is 0 where all are alike.</summary>
    public byte* Init;

    public nint InitStride;

    /// <summary>Output: all MR rows of NR elements are written.</summary>
    public byte* Y;

    public nint YStride;

    /// <summary>NR scales, where the tile requantizes.</summary>
    public float* Scale;

    /// <summary>Bounds of the result before it is stored (before the zero point is added, where there is one).</summary>
    public float Low;

    public float High;

    public int ZeroPoint;
}
