namespace Edge.Training.Layers;

/// <summary>A square window that slides over a sample, padded alike on all sides.</summary>
internal readonly unsafe record struct Window(int Kernel, int Stride, int Padding)
{
    public Extent Slide(Extent x, int channels) =>
        new((x.Height + 2 * Padding - Kernel) / Stride + 1, (x.Width + 2 * Padding - Kernel) / Stride + 1, channels);

    /// <summary>The kernel taps <c>[first, end)</c> that fall inside a side of <paramref name="length"/> for output <paramref name="at"/>.</summary>
    public (int First, int End) Taps(int at, int length)
    {
        int start = at * Stride - Padding;
        return (Math.Max(0, -start), Math.Min(Kernel, length - start));
    }

    /// <summary>im2col: one row an output pixel, <c>[ky, kx, channel]</c>; taps outside are zero.</summary>
    /// <param name="x">First of <paramref name="channels"/> channels of the sample, whose pixels are <c>extent.Channels</c> apart.</param>
    public void Gather(float* x, Extent extent, Extent output, float* rows, int channels)
    {
        for (int oy = 0; oy < output.Height; oy++)
        {
            for (int ox = 0; ox < output.Width; ox++)
            {
                for (int ky = 0; ky < Kernel; ky++, rows += Kernel * channels)
                    GatherTaps(x, extent, oy * Stride - Padding + ky, ox * Stride - Padding, rows, channels);
            }
        }
    }

    /// <summary>col2im: adds each row's elements to the inputs that they came from.</summary>
    public void Scatter(float* rows, Extent extent, Extent output, float* dx, int channels)
    {
        for (int oy = 0; oy < output.Height; oy++)
        {
            for (int ox = 0; ox < output.Width; ox++)
            {
                for (int ky = 0; ky < Kernel; ky++)
                {
                    int iy = oy * Stride - Padding + ky;
                    for (int kx = 0; kx < Kernel; kx++, rows += channels)
                    {
                        int ix = ox * Stride - Padding + kx;
                        if ((uint)iy >= (uint)extent.Height || (uint)ix >= (uint)extent.Width) continue;
                        float* target = dx + ((nint)iy * extent.Width + ix) * extent.Channels;
                        for (int c = 0; c < channels; c += Lanes.Count)
                            Lanes.Store(Lanes.Load(target + c, channels - c) + Lanes.Load(rows + c, channels - c), target + c, channels - c);
                    }
                }
            }
        }
    }

    /// <summary>One row of taps; they are neighbours in memory where the window is inside and all channels are taken.</summary>
    private void GatherTaps(float* x, Extent extent, int iy, int ix, float* row, int channels)
    {
        if ((uint)iy >= (uint)extent.Height)
        {
            new Span<float>(row, Kernel * channels).Clear();
            return;
        }
        float* source = x + ((nint)iy * extent.Width + ix) * extent.Channels;
        if (channels == extent.Channels && ix >= 0 && ix + Kernel <= extent.Width)
        {
            Copy(source, row, Kernel * channels);
            return;
        }
        for (int kx = 0; kx < Kernel; kx++, row += channels, source += extent.Channels)
        {
            if ((uint)(ix + kx) < (uint)extent.Width) Copy(source, row, channels);
            else new Span<float>(row, channels).Clear();
        }
    }

    private static void Copy(float* from, float* to, int count)
    {
        if (count > 12) new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
        else for (int i = 0; i < count; i++) to[i] = from[i];
    }
}
