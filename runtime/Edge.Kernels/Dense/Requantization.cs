namespace Edge.Kernels.Dense;

/// <summary>
/// <see cref="Int8Output"/> prepared for use: a scale for each output channel and the range narrowed to the type.
/// <see cref="Store"/> is its definition.
/// </summary>
internal sealed unsafe class Requantization
{
    /// <exception cref="ArgumentException">The scales are neither one nor <paramref name="channels"/>, or no value lies within the range.</exception>
    public Requantization(in Int8Output output, int channels)
    {
        Kind = output.Kind;
        ZeroPoint = output.ZeroPoint;
        (Low, High) = Kind switch
        {
            Int8OutputKind.UInt8 => (Math.Max(output.Low, byte.MinValue), Math.Min(output.High, byte.MaxValue)),
            Int8OutputKind.Int8 => (Math.Max(output.Low, sbyte.MinValue), Math.Min(output.High, sbyte.MaxValue)),
            _ => (0, 0),
        };
        if (Low > High) throw new ArgumentException($"an output between {output.Low} and {output.High} holds no value of {Kind}");
        Scale = Kind == Int8OutputKind.Int32 ? [] : PerChannel.Expand(output.Scale, channels, "output scales");
    }

    public Int8OutputKind Kind { get; }

    /// <summary>One for each output channel; empty for <see cref="Int8OutputKind.Int32"/>.</summary>
    public float[] Scale { get; }

    public int ZeroPoint { get; }

    /// <summary>Least and greatest byte that may be written.</summary>
    public int Low { get; }

    public int High { get; }

    /// <summary>Bytes of one output element.</summary>
    public int ElementBytes => Kind is Int8OutputKind.UInt8 or Int8OutputKind.Int8 ? 1 : 4;

    /// <summary>Writes element <paramref name="i"/> of <paramref name="y"/>, which belongs to <paramref name="channel"/>.</summary>
    public void Store(int acc, int channel, void* y, nint i)
    {
        switch (Kind)
        {
            case Int8OutputKind.Int32: ((int*)y)[i] = acc; break;
            case Int8OutputKind.Float32: ((float*)y)[i] = (float)acc * Scale[channel]; break;
            default: ((byte*)y)[i] = Requantize(acc, Scale[channel]); break;
        }
    }

    private byte Requantize(int acc, float scale)
    {
        float r = (float)acc * scale;
        r = MathF.Min(MathF.Max(r, Low - ZeroPoint), High - ZeroPoint);
        return (byte)((int)MathF.Round(r, MidpointRounding.ToEven) + ZeroPoint);
    }
}
