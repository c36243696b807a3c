namespace Edge.Quantization.Rewrite.WeightOnly;

/// <summary>Weights as they were written, for the report.</summary>
/// <param name="Bits">Of a code.</param>
/// <param name="Codes">The integers.</param>
/// <param name="Low">Least code that there may be.</param>
/// <param name="High">Largest.</param>
/// <param name="Scales">One a channel, or one a block, or one in all.</param>
/// <param name="Min">Smallest float weight.</param>
/// <param name="Max">Largest.</param>
/// <param name="Signal">Sum of the squares of the float weights.</param>
/// <param name="Noise">Sum of the squares of the errors.</param>
internal sealed record StoredWeights(int Bits, sbyte[] Codes, int Low, int High, float[] Scales, float Min, float Max, double Signal, double Noise)
{
    public static StoredWeights Of(int bits, float[] weights, float[] dequantized, sbyte[] codes, int low, int high, float[] scales)
    {
        double signal = 0, noise = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double error = (double)weights[i] - dequantized[i];
            signal += (double)weights[i] * weights[i];
            noise += error * error;
        }
        return new StoredWeights(bits, codes, low, high, scales, weights.Min(), weights.Max(), signal, noise);
    }

    /// <summary>The weights of one node together; the bits are those of the larger part.</summary>
    public static StoredWeights Join(IReadOnlyList<StoredWeights> parts) => parts is [var only] ? only : new StoredWeights(
        parts.MaxBy(p => p.Codes.Length)!.Bits, [.. parts.SelectMany(p => p.Codes)], parts.Min(p => p.Low), parts.Max(p => p.High),
        [.. parts.SelectMany(p => p.Scales)], parts.Min(p => p.Min), parts.Max(p => p.Max), parts.Sum(p => p.Signal), parts.Sum(p => p.Noise));
}
