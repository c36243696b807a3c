namespace Edge.Kernels.Dense;

public enum Int8OutputKind : byte
{
    /// <summary>The int32 accumulator, bias included.</summary>
    Int32,

    /// <summary>Requantized to uint8.</summary>
    UInt8,

    /// <summary>Requantized to int8.</summary>
    Int8,

    /// <summary><c>(float)acc · scale</c>.</summary>
    Float32,
}

/// <summary>
/// What becomes of an int32 accumulator <c>acc</c> (zero points of input and weights taken off, bias added).
/// </summary>
/// <remarks>
/// Requantization, the definition on every ISA, in float32 without fused multiply-add:
/// <code>
/// r = (float)acc * scale            // nearest, ties to even, both in the conversion and in the product
/// r = min(max(r, low − zp), high − zp)
/// y = (int)roundHalfEven(r) + zp    // then stored in one byte
/// </code>
/// where <c>low…high</c> is the range of the type narrowed to <see cref="Low"/>…<see cref="High"/> (a fused ReLU or Clip).
/// </remarks>
/// <param name="kind">Type of the output.</param>
/// <param name="scale">Empty for <see cref="Int8OutputKind.Int32"/>; else one for all, or one for each output channel.</param>
/// <param name="zeroPoint">Zero point of the output.</param>
/// <param name="low">Least quantized value that may be written.</param>
/// <param name="high">Greatest quantized value that may be written.</param>
public readonly ref struct Int8Output(Int8OutputKind kind, ReadOnlySpan<float> scale, int zeroPoint, int low, int high)
{
    public Int8OutputKind Kind { get; } = kind;

    public ReadOnlySpan<float> Scale { get; } = scale;

    public int ZeroPoint { get; } = zeroPoint;

    public int Low { get; } = low;

    public int High { get; } = high;
}
