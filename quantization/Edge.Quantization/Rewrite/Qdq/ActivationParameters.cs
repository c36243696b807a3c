using Edge.Quantization.Observers;
using Edge.Tensors;

namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>
/// Scale and zero point of an activation from the range of its values (Jacob et al. 2018, section 3). The range is widened
/// to hold 0, which every quantized tensor represents exactly.
/// </summary>
internal static class ActivationParameters
{
    /// <summary>
    /// Smallest scale: 2^−63. The product of two of them, the scale of a bias, is still a normal float32.
    /// </summary>
    public const float MinScale = 1.0842022e-19f;

    /// <summary>Steps between the ends of a range.</summary>
    public const int Steps = 255;

    /// <summary>
    /// Asymmetric: uint8, the range's ends at 0 and 255. Symmetric: int8, zero point 0, the larger end at ±127. A range of
    /// nothing but 0 gets scale 1 and the zero point of real 0, as DynamicQuantizeLinear does.
    /// </summary>
    public static QuantizationParameters Of(ValueRange range, bool symmetric)
    {
        ValueRange r = range.WithZero();
        if (r.Min == r.Max) return new QuantizationParameters(1f, 0);
        if (symmetric) return new QuantizationParameters(Scale(Math.Max(-(double)r.Min, r.Max) / 127), 0);
        float scale = Scale(((double)r.Max - r.Min) / Steps);
        double zeroPoint = Math.Round(-(double)r.Min / scale, MidpointRounding.ToEven);
        return new QuantizationParameters(scale, (int)Math.Clamp(zeroPoint, 0, 255));
    }

    /// <summary>
    /// Whether saturation alone cuts off what lies below <paramref name="low"/> and above <paramref name="high"/>, so that a
    /// Relu or Clip before quantization changes nothing.
    /// </summary>
    public static bool Clips(QuantizationParameters p, bool symmetric, float low, float high) =>
        (float.IsNegativeInfinity(low) || Code(low, p) <= (symmetric ? -128 : 0))
        && (float.IsPositiveInfinity(high) || Code(high, p) >= (symmetric ? 127 : 255));

    /// <summary>The integer that real <paramref name="value"/> becomes: QuantizeLinear's definition.</summary>
    public static int Quantize(float value, QuantizationParameters p, bool symmetric)
    {
        float q = Code(value, p);
        return symmetric ? (int)Math.Clamp(q, -128f, 127f) : (int)Math.Clamp(q, 0f, 255f);
    }

    private static float Code(float value, QuantizationParameters p) => MathF.Round(value / p.Scale, MidpointRounding.ToEven) + p.ZeroPoint;

    private static float Scale(double scale) => Math.Max((float)scale, MinScale);
}
