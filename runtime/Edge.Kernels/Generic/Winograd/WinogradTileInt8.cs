namespace Edge.Kernels.Generic.Winograd;

/// <summary>As <see cref="WinogradInput"/>, of bytes. Strides are in elements.</summary>
internal unsafe struct WinogradInputInt8
{
    /// <inheritdoc cref="WinogradInput.X"/>
    public byte* X;

    public nint PixelStep;

    public nint RowStep;

    public int Channels;

    /// <summary>Taken off each byte; padding is 0 then.</summary>
    public short ZeroPoint;

    public WinogradWindow Inside;

    /// <inheritdoc cref="WinogradInput.Planes"/>
    public short* Planes;

    public nint PlaneStep;

    /// <inheritdoc cref="WinogradInput.Temporary"/>
    public short* Temporary;
}

/// <summary>As <see cref="WinogradOutput"/>, of bytes or int32. Strides are in elements.</summary>
internal unsafe struct WinogradOutputInt8
{
    /// <inheritdoc cref="WinogradOutput.Planes"/>
    public int* Planes;

    public nint PlaneStep;

    /// <summary>One for each channel, and as many more as a vector has.</summary>
    public int* Bias;

    /// <summary>The same of scales, where results become bytes.</summary>
    public float* Scale;

    /// <inheritdoc cref="WinogradOutput.Y"/>
    public byte* Y;

    public nint PixelStep;

    public nint RowStep;

    public int Channels;

    /// <inheritdoc cref="WinogradOutput.Rows"/>
    public int Rows;

    public int Columns;

    /// <summary>Bounds of the result before the zero point is added.</summary>
    public float Low;

    public float High;

    public int ZeroPoint;

    /// <inheritdoc cref="WinogradInput.Temporary"/>
    public int* Temporary;

    /// <summary>Room for a vector.</summary>
    public int* Last;
}
