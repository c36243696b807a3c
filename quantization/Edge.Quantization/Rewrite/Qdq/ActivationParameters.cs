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

    /// <summary>The same with 16 bits.</summary>
    public const int WideSteps = 65535;

    /// <summary>
    /// Asymmetric: uint8, the range's ends at 0 and 255. Symmetric: int8, zero point 0, the larger end at ±127. With 16 bits:
    /// uint16 and int16 likewise. A range of nothing but 0 gets scale 1 and the zero point of real 0, as DynamicQuantizeLinear
    /// does.
    /// </summary>
    public static QuantizationParameters Of(ValueRange range, bool symmetric, bool wide = false)
    {
        int steps = wide ? WideSteps : Steps;
        ValueRange r = range.WithZero();
        if (r.Min == r.Max) return new QuantizationParameters(1f, 0);
        if (symmetric) return new QuantizationParameters(Scale(Math.Max(-(double)r.Min, r.Max) / (steps / 2)), 0);
        float scale = Scale(((double)r.Max - r.Min) / steps);
        double zeroPoint = Math.Round(-(double)r.Min / scale, MidpointRounding.ToEven);
        return new QuantizationParameters(scale, (int)Math.Clamp(zeroPoint, 0, steps));
    }

    /// <summary>
    /// Whether saturation alone cuts off what lies below <paramref name="low"/> and above <paramref name="high"/>, so that a
    /// Relu or Clip before quantization changes nothing.
    /// </summary>
    public static bool Clips(QuantizationParameters p, bool symmetric, float low, float high, bool wide = false)
    {
        (int least, int most) = Codes(symmetric, wide);
        return (float.IsNegativeInfinity(low) || Code(low, p) <= least) && (float.IsPositiveInfinity(high) || Code(high, p) >= most);
    }

    /// <summary>Least and largest integer.</summary>
    private static (int Least, int Most) Codes(bool symmetric, bool wide)
    {
        int steps = wide ? WideSteps : Steps;
        return symmetric ? (-(steps / 2) - 1, steps / 2) : (0, steps);
    }

    /// <summary>The integer that real <paramref name="value"/> becomes: QuantizeLinear's definition.</summary>
    public static int Quantize(float value, QuantizationParameters p, bool symmetric, bool wide = false)
    {
        (int least, int most) = Codes(symmetric, wide);
        return (int)Math.Clamp(Code(value, p), least, most);
    }

    private static float Code(float value, QuantizationParameters p) => MathF.Round(value / p.Scale, MidpointRounding.ToEven) + p.ZeroPoint;

    private static float Scale(double scale) => Math.Max((float)scale, MinScale);
}
