namespace Edge.Kernels.Generic.WeightOnly;

/// <summary>The operands of a product of some rows with one panel.</summary>
internal unsafe struct WeightOnlyArguments
{
    /// <summary>The panel.</summary>
    public byte* Panel;

    /// <summary>Rows of A, with zeros up to whole groups.</summary>
    public float* A;

    /// <summary>From row to row, in elements.</summary>
    public nint RowStep;

    /// <summary>Rows; of a body for several the last is repeated.</summary>
    public int Rows;

    /// <summary>Sum of each block of each row; null where there are no zero points.</summary>
    public float* BlockSums;

    /// <summary>Blocks of a row.</summary>
    public int Blocks;

    /// <summary>Rows of weights, filled up to whole groups.</summary>
    public int PaddedK;

    /// <summary>Rows of weights of a block.</summary>
    public int BlockSize;

    public ZeroPointKind ZeroPoints;

    /// <summary>Results, the columns of a wide panel a row.</summary>
    public float* Sums;
}

/// <summary>What becomes of the results of some rows and one panel.</summary>
internal unsafe struct WeightOnlyFinish
{
    /// <summary>The columns of a wide panel a row.</summary>
    public float* Sums;

    /// <summary>Elements from row to row.</summary>
    public int SumsStep;

    /// <summary>For each column, in whole vectors.</summary>
    public float* Bias;

    /// <summary>Laid out as the output, which it may be; null for none.</summary>
    public float* Residual;

    public float* Y;

    /// <summary>Of output and residual, in elements.</summary>
    public nint YStep;

    public int Rows;

    public int Columns;

    public float Low;

    public float High;
}

/// <summary>Some rows of weights of one vector of columns, which become float32.</summary>
internal unsafe struct WeightOnlyDecoding
{
    /// <summary>The panel.</summary>
    public byte* Panel;

    /// <summary>Vectors of the panel, and which one of them.</summary>
    public int Vectors, Vector;

    /// <summary>First row, at the beginning of a group.</summary>
    public int From;

    /// <summary>Rows; no more are written.</summary>
    public int Count;

    public int BlockSize;

    public ZeroPointKind ZeroPoints;

    public float* To;

    /// <summary>Elements from row to row.</summary>
    public nint ToStep;
}
