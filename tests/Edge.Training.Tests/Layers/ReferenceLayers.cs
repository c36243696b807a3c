namespace Edge.Training.Tests.Layers;

/// <summary>The layers by their textbook definitions, in double precision, one sample or one batch at a time, NHWC.</summary>
internal static class ReferenceLayers
{
    /// <summary>Weights <c>[groups, k·k·inC/groups, outC/groups]</c>.</summary>
    public static double[] Conv(double[] x, int batch, Extent extent, double[] w, double[]? bias, int outChannels, int kernel, int stride, int padding, int groups)
    {
        int oh = (extent.Height + 2 * padding - kernel) / stride + 1, ow = (extent.Width + 2 * padding - kernel) / stride + 1;
        int inGroup = extent.Channels / groups, outGroup = outChannels / groups;
        var y = new double[batch * oh * ow * outChannels];
        int at = 0;
        for (int n = 0; n < batch; n++)
            for (int oy = 0; oy < oh; oy++)
                for (int ox = 0; ox < ow; ox++)
                    for (int o = 0; o < outChannels; o++)
                    {
                        int g = o / outGroup;
                        double sum = bias?[o] ?? 0;
                        for (int ky = 0; ky < kernel; ky++)
                            for (int kx = 0; kx < kernel; kx++)
                                for (int i = 0; i < inGroup; i++)
                                    sum += Pixel(x, n, extent, oy * stride - padding + ky, ox * stride - padding + kx, g * inGroup + i)
                                        * w[((g * kernel * kernel + ky * kernel + kx) * inGroup + i) * outGroup + o % outGroup];
                        y[at++] = sum;
                    }
        return y;
    }

    /// <summary>Weights <c>[k, k, channels]</c>.</summary>
    public static double[] Depthwise(double[] x, int batch, Extent extent, double[] w, int kernel, int stride, int padding) =>
        Slide(x, batch, extent, kernel, stride, padding, (at, n, y0, x0, c) =>
        {
            double sum = 0;
            for (int ky = 0; ky < kernel; ky++)
                for (int kx = 0; kx < kernel; kx++)
                    sum += Pixel(x, n, extent, y0 + ky, x0 + kx, c) * w[(ky * kernel + kx) * extent.Channels + c];
            return sum;
        });

    public static double[] MaxPool(double[] x, int batch, Extent extent, int kernel, int stride, int padding) =>
        Slide(x, batch, extent, kernel, stride, padding, (at, n, y0, x0, c) =>
        {
            double best = double.NegativeInfinity;
            for (int ky = 0; ky < kernel; ky++)
                for (int kx = 0; kx < kernel; kx++)
                    if (Inside(extent, y0 + ky, x0 + kx)) best = Math.Max(best, Pixel(x, n, extent, y0 + ky, x0 + kx, c));
            return best;
        });

    public static double[] AveragePool(double[] x, int batch, Extent extent, int kernel, int stride) =>
        Slide(x, batch, extent, kernel, stride, 0, (at, n, y0, x0, c) =>
        {
            double sum = 0;
            for (int ky = 0; ky < kernel; ky++)
                for (int kx = 0; kx < kernel; kx++)
                    sum += Pixel(x, n, extent, y0 + ky, x0 + kx, c);
            return sum / (kernel * kernel);
        });

    public static double[] BatchNorm(double[] x, int channels, double[] scale, double[] shift, Func<double, double> f)
    {
        var y = new double[x.Length];
        for (int c = 0; c < channels; c++)
        {
            double[] lane = [.. x.Where((_, i) => i % channels == c)];
            double mean = lane.Average(), variance = lane.Average(v => (v - mean) * (v - mean));
            for (int i = c; i < x.Length; i += channels) y[i] = f(scale[c] * (x[i] - mean) / Math.Sqrt(variance + 1e-5) + shift[c]);
        }
        return y;
    }

    public static double[] Upsample(double[] x, int batch, Extent extent, int factor)
    {
        var y = new double[x.Length * factor * factor];
        int at = 0;
        for (int n = 0; n < batch; n++)
            for (int oy = 0; oy < extent.Height * factor; oy++)
                for (int ox = 0; ox < extent.Width * factor; ox++)
                    for (int c = 0; c < extent.Channels; c++)
                        y[at++] = Pixel(x, n, extent, oy / factor, ox / factor, c);
        return y;
    }

    public static double[] Dense(double[] x, int batch, double[] w, double[] bias)
    {
        int inputs = x.Length / batch, outputs = bias.Length;
        var y = new double[batch * outputs];
        for (int n = 0; n < batch; n++)
            for (int o = 0; o < outputs; o++)
            {
                y[n * outputs + o] = bias[o];
                for (int i = 0; i < inputs; i++) y[n * outputs + o] += x[n * inputs + i] * w[i * outputs + o];
            }
        return y;
    }

    public static Func<double, double> Of(Nonlinearity f) => f switch
    {
        Nonlinearity.None => x => x,
        Nonlinearity.Relu => x => Math.Max(x, 0),
        Nonlinearity.Relu6 => x => Math.Clamp(x, 0, 6),
        Nonlinearity.HardSwish => x => x * Math.Clamp(x / 6 + 0.5, 0, 1),
        Nonlinearity.Sigmoid => x => 1 / (1 + Math.Exp(-x)),
        _ => throw new ArgumentOutOfRangeException(nameof(f)),
    };

    private static double[] Slide(double[] x, int batch, Extent extent, int kernel, int stride, int padding, Func<int, int, int, int, int, double> window)
    {
        int oh = (extent.Height + 2 * padding - kernel) / stride + 1, ow = (extent.Width + 2 * padding - kernel) / stride + 1;
        var y = new double[batch * oh * ow * extent.Channels];
        int at = 0;
        for (int n = 0; n < batch; n++)
            for (int oy = 0; oy < oh; oy++)
                for (int ox = 0; ox < ow; ox++)
                    for (int c = 0; c < extent.Channels; c++, at++)
                        y[at] = window(at, n, oy * stride - padding, ox * stride - padding, c);
        return y;
    }

    private static bool Inside(Extent e, int y, int x) => (uint)y < (uint)e.Height && (uint)x < (uint)e.Width;

    private static double Pixel(double[] x, int n, Extent e, int py, int px, int c) =>
        Inside(e, py, px) ? x[((n * e.Height + py) * e.Width + px) * e.Channels + c] : 0;
}
