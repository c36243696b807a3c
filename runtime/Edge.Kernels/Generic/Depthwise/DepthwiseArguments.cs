namespace Edge.Kernels.Generic.Depthwise;

/// <summary>
/// Units of four neighbouring output pixels, one after the other in an output row, all their channels. Strides and offsets
/// are in bytes, except the weights'.
/// </summary>
internal unsafe struct DepthwiseArguments
{
    /// <summary>Pixels that a kernel computes together.</summary>
    public const int Pixels = 4;

    /// <summary>
    /// Addresses of the first unit's input pixels: <c>[taps][Pixels]</c>, or, for the kernels that reuse what they load,
    /// <c>[kernel rows][input columns that four pixels see]</c>.
    /// </summary>
    public byte** Rows;

    /// <summary>Added to all addresses.</summary>
    public nint Offset;

    /// <summary>From the input of one unit to that of the next.</summary>
    public nint UnitStride;

    public int Units;

    public int Taps;

    public int KernelRows;

    public int Channels;

    /// <summary><c>[taps][WeightStride]</c></summary>
    public void* Weights;

    /// <summary>Elements from the weights of one tap, or pair of taps, to the next.</summary>
    public nint WeightStride;

    /// <summary>Initial values, one a channel.</summary>
    public void* Bias;

    /// <summary>
    /// The four output pixels of the first unit. One that does not exist is the last one that does: it is written first,
    /// then overwritten.
    /// </summary>
    public byte* Y0;

    public byte* Y1;

    public byte* Y2;

    public byte* Y3;

    /// <summary>From the output of one unit to that of the next.</summary>
    public nint UnitStrideY;

    /// <summary>From an output element to the residual that belongs to it, if <see cref="HasResidual"/>.</summary>
    public nint ResidualOffset;

    public bool HasResidual;

    /// <summary>One a channel, where the kernel requantizes.</summary>
    public float* Scale;

    /// <summary>Bounds of the result before it is stored (before the zero point is added, where there is one).</summary>
    public float Low;

    public float High;

    public int ZeroPoint;

    /// <summary>Sets the four output pixels, of which <paramref name="count"/> exist, <paramref name="stride"/> bytes apart.</summary>
    public void SetOutputs(byte* first, nint stride, int count)
    {
        Y0 = first;
        Y1 = first + Math.Min(1, count - 1) * stride;
        Y2 = first + Math.Min(2, count - 1) * stride;
        Y3 = first + Math.Min(3, count - 1) * stride;
        UnitStrideY = Pixels * stride;
    }
}
