namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>Weights as int8 with zero point 0.</summary>
/// <param name="Values">In [−127, 127], in the order of the float weights.</param>
/// <param name="Scales">One a channel, or one in all.</param>
/// <param name="SqnrDb">Power of the float weights over that of the error, in dB; infinite for an exact result.</param>
internal sealed record QuantizedWeights(sbyte[] Values, float[] Scales, double SqnrDb);

/// <summary>
/// Symmetric quantization of weights: <c>q = saturate(round(w / scale))</c>, rounding half to even. The range is −127..127,
/// so that it is symmetric too and the product with an activation never needs the one extra code.
/// </summary>
internal static class WeightQuantizer
{
    public const int MaxCode = 127;

    /// <summary>
    /// One scale a channel: its largest magnitude over 127. A channel of zeros takes the scale of the largest channel, which
    /// leaves its bias a step like the others'.
    /// </summary>
    /// <param name="weights">Float weights; finite.</param>
    /// <param name="channels">1 for one scale in all.</param>
    /// <param name="channelOf">The channel of the weight at an index.</param>
    public static float[] Scales(ReadOnlySpan<float> weights, int channels, Func<int, int> channelOf)
    {
        var largest = new float[channels];
        for (int i = 0; i < weights.Length; i++)
        {
            int c = channelOf(i);
            largest[c] = Math.Max(largest[c], Math.Abs(weights[i]));
        }
        float most = largest.Length == 0 ? 0 : largest.Max();
        if (most == 0) most = 1;
        return Array.ConvertAll(largest, m => Math.Max((float)((m == 0 ? most : m) / (double)MaxCode), ActivationParameters.MinScale));
    }

    /// <param name="weights">Float weights; finite.</param>
    /// <param name="scales">One a channel.</param>
    /// <param name="channelOf">The channel of the weight at an index.</param>
    public static QuantizedWeights Quantize(ReadOnlySpan<float> weights, float[] scales, Func<int, int> channelOf)
    {
        var values = new sbyte[weights.Length];
        for (int i = 0; i < values.Length; i++)
        {
            float q = MathF.Round(weights[i] / scales[Index(scales, channelOf, i)], MidpointRounding.ToEven);
            values[i] = (sbyte)Math.Clamp(q, -MaxCode, MaxCode);
        }
        return Measured(weights, values, scales, channelOf);
    }

    /// <summary>Integers that were chosen otherwise, with their distance from the float weights.</summary>
    /// <param name="weights">Float weights.</param>
    /// <param name="values">Their integers.</param>
    /// <param name="scales">One a channel, or one in all.</param>
    /// <param name="channelOf">The channel of the weight at an index.</param>
    public static QuantizedWeights Measured(ReadOnlySpan<float> weights, sbyte[] values, float[] scales, Func<int, int> channelOf)
    {
        double signal = 0, noise = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double error = weights[i] - ((double)values[i] * scales[Index(scales, channelOf, i)]);
            signal += (double)weights[i] * weights[i];
            noise += error * error;
        }
        return new QuantizedWeights(values, scales, Report.SignalToNoise.Db(signal, noise));
    }

    private static int Index(float[] scales, Func<int, int> channelOf, int weight) => scales.Length == 1 ? 0 : channelOf(weight);
}
