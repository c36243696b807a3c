namespace Edge.Kernels.Generic.Gemm;

/// <summary>The forms in which a tile of machine code comes; compiled tiles know the first two.</summary>
[Flags]
internal enum TileVariant
{
    /// <summary>All columns, rows found by a table.</summary>
    None = 0,

    /// <summary>Only the left half of the columns.</summary>
    LeftHalf = 1,

    /// <summary>Rows lie <see cref="TileArguments.RowStride"/> apart.</summary>
    Equidistant = 2,

    /// <summary>Only the columns of <see cref="TileArguments.ColumnMask"/> are stored, and added to.</summary>
    Masked = 4,
}
