namespace Edge.Kernels.Generic.Depthwise;

/// <summary>Four neighbouring pixels of one output row, all their channels. Strides are in elements.</summary>
internal unsafe struct DepthwiseArguments
{
    /// <summary>Pixels that a kernel computes together.</summary>
    public const int Pixels = 4;

    /// <summary>
    /// Addresses of input pixels: <c>[taps][Pixels]</c>, or, for the kernels that reuse what they load,
    /// <c>[kernel rows][input columns that four pixels see]</c>.
    /// </summary>
    public byte** Rows;

    public int Taps;

    public int Channels;

    /// <summary><c>[taps][WeightStride]</c></summary>
    public void* Weights;

    public nint WeightStride;

    /// <summary>Initial values, one a channel.</summary>
    public void* Bias;

    /// <summary>The four output pixels. One that does not exist is the last one that does: it is written first, then overwritten.</summary>
    public void* Y0;

    public void* Y1;

    public void* Y2;

    public void* Y3;

    /// <summary>Bytes from an output element to the residual that belongs to it, if <see cref="HasResidual"/>.</summary>
    public nint ResidualOffset;

    public bool HasResidual;

    /// <summary>One a channel, where the kernel requantizes.</summary>
    public float* Scale;

    /// <summary>Bounds of the result before it is stored (before the zero point is added, where there is one).</summary>
    public float Low;

    public float High;

    public int ZeroPoint;

    /// <summary>Sets the four output pixels, of which <paramref name="count"/> exist, <paramref name="stride"/> bytes apart.</summary>
    public void SetOutputs(void* first, nint stride, int count)
    {
        var y = (byte*)first;
        Y0 = y;
        Y1 = y + Math.Min(1, count - 1) * stride;
        Y2 = y + Math.Min(2, count - 1) * stride;
        Y3 = y + Math.Min(3, count - 1) * stride;
    }
}
