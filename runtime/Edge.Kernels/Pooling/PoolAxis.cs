namespace Edge.Kernels.Pooling;

/// <summary>A pooling window along one spatial axis.</summary>
/// <param name="Input">Extent of the input.</param>
/// <param name="Output">Extent of the output.</param>
/// <param name="Kernel">Taps.</param>
/// <param name="Stride">Input elements between neighbouring windows.</param>
/// <param name="Dilation">Input elements between neighbouring taps.</param>
/// <param name="PadBefore">Padding in front.</param>
/// <param name="PadAfter">Padding behind, as far as an average counts it.</param>
public readonly record struct PoolAxis(int Input, int Output, int Kernel, int Stride = 1, int Dilation = 1, int PadBefore = 0, int PadAfter = 0)
{
    /// <summary>An axis of extent 1 that changes nothing.</summary>
    public static PoolAxis None => new(1, 1, 1);

    /// <summary>One window over all of the axis.</summary>
    public static PoolAxis Whole(int extent) => new(extent, 1, extent);

    /// <summary>The taps of output <paramref name="output"/> that lie on the input.</summary>
    internal PoolSpan Span(int output)
    {
        long start = (long)output * Stride - PadBefore;
        int skipped = start < 0 ? Taps(-start, Kernel) : 0;
        int end = Math.Max(skipped, Taps(Input - start, Kernel));
        return new PoolSpan((int)(start + (long)skipped * Dilation), end - skipped, Taps((long)Input + PadAfter - start, Kernel));
    }

    /// <summary>Those of every output.</summary>
    internal PoolSpan[] Spans()
    {
        var spans = new PoolSpan[Output];
        for (int i = 0; i < spans.Length; i++) spans[i] = Span(i);
        return spans;
    }

    /// <summary>Taps, of at most <paramref name="most"/>, that lie within <paramref name="extent"/> elements.</summary>
    private int Taps(long extent, int most) => (int)Math.Clamp((extent + Dilation - 1) / Dilation, 0, most);
}

/// <summary>Where a window lies along one axis.</summary>
/// <param name="First">Input coordinate of the first tap on the input.</param>
/// <param name="Taps">Taps on the input.</param>
/// <param name="Padded">Taps on the input and on its padding.</param>
internal readonly record struct PoolSpan(int First, int Taps, int Padded);

/// <summary>
/// Pooling over channels-last tensors <c>[Batch, depth, height, width, Channels]</c>; pictures have a depth of 1, signals
/// a depth and height of 1. A channels-first tensor is the case of one channel and N·C images.
/// </summary>
public readonly record struct PoolGeometry(int Batch, PoolAxis Depth, PoolAxis Height, PoolAxis Width, int Channels)
{
    /// <summary>Taps of one window.</summary>
    public long Taps => (long)Depth.Kernel * Height.Kernel * Width.Kernel;

    /// <summary>Taps of all windows, those that hang over the edge aside.</summary>
    public double Work => OutputCount * ((double)Math.Min(Depth.Kernel, Depth.Input) * Math.Min(Height.Kernel, Height.Input) * Math.Min(Width.Kernel, Width.Input));

    public long InputCount => (long)Batch * Depth.Input * Height.Input * Width.Input * Channels;

    public long OutputCount => (long)Batch * Depth.Output * Height.Output * Width.Output * Channels;
}
