namespace Edge.Tensors;

/// <summary>
/// Affine quantization of a whole tensor: <c>real = scale · (quantized − zeroPoint)</c>.
/// </summary>
/// <param name="Scale">Positive and finite.</param>
/// <param name="ZeroPoint">The quantized value of real 0, within the range of the integer type.</param>
public readonly record struct QuantizationParameters(float Scale, int ZeroPoint);
