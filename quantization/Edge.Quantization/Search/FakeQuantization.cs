using Edge.Quantization.Observers;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Tensors;

namespace Edge.Quantization.Search;

/// <summary>What QuantizeLinear and DequantizeLinear leave of float values.</summary>
internal static class FakeQuantization
{
    /// <param name="values">Float values.</param>
    /// <param name="range">The range they are quantized with.</param>
    /// <param name="symmetric">Whether as int8 around 0, or as uint8 with a zero point.</param>
    /// <param name="result">Of the same length.</param>
    public static void Apply(ReadOnlySpan<float> values, ValueRange range, bool symmetric, Span<float> result)
    {
        QuantizationParameters p = ActivationParameters.Of(range, symmetric);
        float low = (symmetric ? -128 : 0) - p.ZeroPoint, high = (symmetric ? 127 : 255) - p.ZeroPoint, scale = p.Scale;
        for (int i = 0; i < values.Length; i++)
            result[i] = Math.Clamp(MathF.Round(values[i] / scale, MidpointRounding.ToEven), low, high) * scale;
    }
}
