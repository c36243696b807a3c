namespace Edge.Kernels.Generic.Winograd;

/// <summary>One tile of the input, (m + 2)² pixels of which some may be padding, on its way to transformed planes. Strides are in floats.</summary>
internal unsafe struct WinogradInput
{
    /// <summary>Where the tile's first pixel is, or would be if it is padding.</summary>
    public float* X;

    public nint PixelStep;

    public nint RowStep;

    public int Channels;

    public WinogradWindow Inside;

    /// <summary>The tile's row of plane 0.</summary>
    public float* Planes;

    public nint PlaneStep;

    /// <summary><see cref="WinogradKernels.TemporaryBytes"/> bytes, aligned to 64.</summary>
    public float* Temporary;
}

/// <summary>The products of one tile and some output channels, on their way to m² pixels. Strides are in floats.</summary>
internal unsafe struct WinogradOutput
{
    /// <summary>The tile's row of plane 0.</summary>
    public float* Planes;

    public nint PlaneStep;

    public float* Bias;

    /// <summary>The tile's first pixel and channel.</summary>
    public float* Y;

    public nint PixelStep;

    public nint RowStep;

    public int Channels;

    /// <summary>Rows and columns of the tile that the output has, at least 1.</summary>
    public int Rows;

    public int Columns;

    /// <summary>Laid out as the output, which it may be; null for none.</summary>
    public float* Residual;

    public float Low;

    public float High;

    /// <inheritdoc cref="WinogradInput.Temporary"/>
    public float* Temporary;
}
