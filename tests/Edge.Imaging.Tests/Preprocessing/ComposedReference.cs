using Edge.Imaging.Preprocessing;
using Edge.Imaging.Resampling;
using Edge.Tensors;

namespace Edge.Imaging.Tests.Preprocessing;

/// <summary>
/// What <see cref="Preprocessor"/> promises, the slow way: whole pictures of doubles, one step after the other, each written
/// from its definition and sharing no code with the product. The resized picture exists, and so does the cut one.
/// </summary>
internal static class ComposedReference
{
    private sealed class Plane(int width, int height)
    {
        public int Width => width;

        public int Height => height;

        public double[] Values { get; } = new double[width * height];

        public double this[int x, int y]
        {
            get => Values[Math.Clamp(y, 0, height - 1) * width + Math.Clamp(x, 0, width - 1)];
            set => Values[y * width + x] = value;
        }
    }

    public static double[] Run(ImageView image, PreprocessOptions o, ModelInput input)
    {
        PixelRegion region = o.Region?.In(image.Width, image.Height) ?? new PixelRegion(0, 0, image.Width, image.Height);
        var result = new double[input.Shape.Count];
        for (int c = 0; c < input.Channels; c++)
        {
            Plane plane = Extract(image, region, input.Channels == 1 ? 'Y' : "RGB"[o.Color == ChannelOrder.Bgr ? 2 - c : c]);
            plane = Geometry(plane, o, input, At(o.Fill, c));
            for (int y = 0; y < input.Height; y++)
            {
                for (int x = 0; x < input.Width; x++)
                {
                    double value = (plane[x, y] * o.Scale - At(o.Mean, c)) / At(o.Std, c);
                    if (input.Type == DataType.UInt8) value = Math.Clamp(Math.Round(value), 0, 255);
                    if (input.Type == DataType.Int8) value = Math.Clamp(Math.Round(value), -128, 127);
                    int at = input.Layout == TensorLayout.Nchw
                        ? (c * input.Height + y) * input.Width + x
                        : (y * input.Width + x) * input.Channels + c;
                    result[at] = value;
                }
            }
        }
        return result;
    }

    private static Plane Extract(ImageView image, PixelRegion region, char channel)
    {
        var plane = new Plane(region.Width, region.Height);
        for (int y = 0; y < region.Height; y++)
        {
            for (int x = 0; x < region.Width; x++)
            {
                var (r, g, b) = Pictures.Rgb(image, region.Left + x, region.Top + y);
                plane[x, y] = channel switch
                {
                    'R' => r,
                    'G' => g,
                    'B' => b,
                    _ => Math.Floor((19595 * r + 38470 * g + 7471 * b + 32768) / 65536),
                };
            }
        }
        return plane;
    }

    private static Plane Geometry(Plane source, PreprocessOptions o, ModelInput input, double fill)
    {
        if (o.Letterbox is not null)
        {
            double ratio = Math.Min((double)input.Width / source.Width, (double)input.Height / source.Height);
            Plane fitted = Resize(source, Math.Max(1, (int)Math.Round(source.Width * ratio)), Math.Max(1, (int)Math.Round(source.Height * ratio)), o.Interpolation);
            bool middle = o.Align == LetterboxAlign.Center;
            int left = middle ? (input.Width - fitted.Width) / 2 : 0, top = middle ? (input.Height - fitted.Height) / 2 : 0;
            var boxed = new Plane(input.Width, input.Height);
            Array.Fill(boxed.Values, fill);
            for (int y = 0; y < fitted.Height; y++)
                for (int x = 0; x < fitted.Width; x++) boxed[left + x, top + y] = fitted[x, y];
            return boxed;
        }
        if (o.ShorterSide is { } side)
        {
            source = source.Width >= source.Height
                ? Resize(source, (int)((double)side * source.Width / source.Height), side, o.Interpolation)
                : Resize(source, side, (int)((double)side * source.Height / source.Width), o.Interpolation);
        }
        else if (o.Resize is { } size) source = Resize(source, size.Width, size.Height, o.Interpolation);
        else if (o.Crop is null) source = Resize(source, input.Width, input.Height, o.Interpolation);
        int x0 = (int)Math.Round((source.Width - input.Width) / 2.0), y0 = (int)Math.Round((source.Height - input.Height) / 2.0);
        var cut = new Plane(input.Width, input.Height);
        for (int y = 0; y < cut.Height; y++)
            for (int x = 0; x < cut.Width; x++) cut[x, y] = source[x0 + x, y0 + y];
        return cut;
    }

    private static Plane Resize(Plane source, int width, int height, Interpolation mode)
    {
        var target = new Plane(width, height);
        double rx = (double)source.Width / width, ry = (double)source.Height / height;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double sum = 0, weights = 0;
                int fromX = (int)Math.Floor((x + 0.5) * rx - rx) - 2, toX = (int)Math.Ceiling((x + 0.5) * rx + rx) + 2;
                int fromY = (int)Math.Floor((y + 0.5) * ry - ry) - 2, toY = (int)Math.Ceiling((y + 0.5) * ry + ry) + 2;
                for (int j = fromY; j <= toY; j++)
                {
                    double wy = Weight(j, y, ry, source.Height, mode);
                    if (wy == 0) continue;
                    for (int i = fromX; i <= toX; i++)
                    {
                        double w = wy * Weight(i, x, rx, source.Width, mode);
                        sum += w * source[i, j];
                        weights += w;
                    }
                }
                target[x, y] = sum / weights;
            }
        }
        return target;
    }

    /// <summary>How much source pixel i, which may lie beyond the edge, counts for target pixel t.</summary>
    private static double Weight(int i, int t, double ratio, int length, Interpolation mode)
    {
        double center = (t + 0.5) * ratio;
        if (mode == Interpolation.Nearest) return i == (int)Math.Floor(center) ? 1 : 0;
        if (mode == Interpolation.Bilinear || ratio <= 1) return Math.Max(0, 1 - Math.Abs(i + 0.5 - center));
        // When shrinking, nothing beyond the edge counts.
        if (i < 0 || i >= length) return 0;
        return mode == Interpolation.Area
            ? Math.Max(0, Math.Min(i + 1, (t + 1) * ratio) - Math.Max(i, t * ratio))
            : Math.Max(0, 1 - Math.Abs(i + 0.5 - center) / ratio);
    }

    private static double At(IReadOnlyList<float> values, int c) => values.Count == 1 ? values[0] : values[c];
}
