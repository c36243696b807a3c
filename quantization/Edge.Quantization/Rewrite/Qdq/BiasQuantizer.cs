namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>
/// A bias as int32 at scale <c>x_scale · w_scale[c]</c>, zero point 0: what the accumulator of an integer convolution holds.
/// </summary>
internal static class BiasQuantizer
{
    /// <summary>
    /// Enlarges the scales of those channels whose bias, together with the largest sum of products, would not fit int32. It
    /// happens where weights are tiny beside the bias; the channel loses weight resolution that its output could not show.
    /// </summary>
    /// <param name="weightScales">One a channel, or one in all; changed in place.</param>
    /// <param name="inputScale">Scale of the activation.</param>
    /// <param name="bias">One a channel.</param>
    /// <param name="products">Products that one accumulator sums.</param>
    /// <param name="steps">Largest distance of an activation from its zero point.</param>
    /// <returns>Whether a scale was changed.</returns>
    public static bool MakeRoom(float[] weightScales, float inputScale, ReadOnlySpan<float> bias, long products, int steps = ActivationParameters.Steps)
    {
        // Where even the products may overflow, half of the range is left to the bias.
        double room = Math.Max(int.MaxValue - ((double)products * steps * WeightQuantizer.MaxCode), 1 << 30);
        bool changed = false;
        for (int c = 0; c < bias.Length; c++)
        {
            ref float scale = ref weightScales[weightScales.Length == 1 ? 0 : c];
            double least = Math.Abs((double)bias[c]) / ((double)inputScale * room);
            if (scale >= least) continue;
            scale = MathF.BitIncrement((float)least);
            changed = true;
        }
        return changed;
    }

    /// <param name="bias">One a channel.</param>
    /// <param name="scales">Scale of each channel's accumulator.</param>
    public static int[] Quantize(ReadOnlySpan<float> bias, ReadOnlySpan<float> scales)
    {
        var values = new int[bias.Length];
        for (int c = 0; c < values.Length; c++)
        {
            double q = Math.Round((double)bias[c] / scales[scales.Length == 1 ? 0 : c], MidpointRounding.ToEven);
            values[c] = (int)Math.Clamp(q, int.MinValue, int.MaxValue);
        }
        return values;
    }

    /// <summary>The accumulator's scale for each channel, in float32 as engines compute it.</summary>
    public static float[] Scales(ReadOnlySpan<float> weightScales, float inputScale)
    {
        var scales = new float[weightScales.Length];
        for (int c = 0; c < scales.Length; c++) scales[c] = inputScale * weightScales[c];
        return scales;
    }
}
