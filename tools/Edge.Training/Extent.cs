namespace Edge.Training;

/// <summary>The shape of one sample: <c>[height, width, channels]</c>, channels innermost. A feature vector is <c>[1, 1, n]</c>.</summary>
public readonly record struct Extent(int Height, int Width, int Channels)
{
    public int Pixels => Height * Width;

    /// <summary>Number of elements.</summary>
    public int Count => Height * Width * Channels;

    public bool IsVector => Height == 1 && Width == 1;

    public override string ToString() => $"[{Height},{Width},{Channels}]";
}
