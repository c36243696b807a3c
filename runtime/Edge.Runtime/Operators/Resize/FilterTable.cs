namespace Edge.Runtime.Operators.Resize;

/// <summary>
/// The taps of linear and cubic resampling along one axis. With antialiasing the filter is stretched by the factor by
/// which the axis shrinks. Taps outside the input read its edge, or are left out if <c>exclude_outside</c> says so; the
/// weights of each output then add up to 1 again.
/// </summary>
internal static class FilterTable
{
    /// <summary>The most weights for one axis: of a real resize it has a few for each element.</summary>
    private const int MaxWeights = 1 << 25;

    /// <summary>Indices and weights, <c>[output, taps]</c>; the first index is −1 where the mode extrapolates.</summary>
    public static (int Taps, int[] Indices, float[] Weights) Build(ResizeAttributes attributes, in ResizeAxis axis)
    {
        float stretch = attributes.Antialias ? Math.Min(axis.Scale, 1) : 1;
        double reach = Math.Ceiling((attributes.Mode == ResizeMode.Cubic ? 2 : 1) / stretch);
        if (2 * reach * axis.Output > MaxWeights) throw new ArgumentException($"a filter for an axis of {axis.Output} elements at a scale of {axis.Scale} has more than {MaxWeights} weights");
        int half = (int)reach, taps = 2 * half;
        var indices = new int[axis.Output * taps];
        float[] weights = new float[indices.Length];
        bool crop = attributes.Coordinates == CoordinateMode.CropAndResize;
        for (int i = 0; i < axis.Output; i++)
        {
            float x = !crop && axis.IsIdentity ? i : attributes.Coordinates.Source(axis, i);
            var index = indices.AsSpan(i * taps, taps);
            if (crop && (x < 0 || x > axis.Input - 1)) index[0] = -1;
            else Weigh(attributes, x, axis.Input, stretch, half, index, weights.AsSpan(i * taps, taps));
        }

        return (taps, indices, weights);
    }

    private static void Weigh(ResizeAttributes attributes, float x, int size, float stretch, int half, Span<int> indices, Span<float> weights)
    {
        int first = (int)MathF.Floor(x) - half + 1;
        float sum = 0;
        for (int t = 0; t < indices.Length; t++)
        {
            int at = first + t;
            bool outside = (uint)at >= (uint)size;
            indices[t] = Math.Clamp(at, 0, size - 1);
            float distance = MathF.Abs(at - x) * stretch;
            weights[t] = outside && attributes.ExcludeOutside ? 0
                : attributes.Mode == ResizeMode.Cubic ? Cubic(distance, attributes.CubicA) : Math.Max(0, 1 - distance);
            sum += weights[t];
        }

        if (sum == 1 || sum == 0) return;
        if (!attributes.Antialias && !attributes.ExcludeOutside) return;
        for (int t = 0; t < weights.Length; t++) weights[t] /= sum;
    }

    /// <summary>Keys' cubic convolution kernel with parameter <paramref name="a"/> (Keys 1981).</summary>
    private static float Cubic(float x, float a) =>
        x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1
        : x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
        : 0;
}
