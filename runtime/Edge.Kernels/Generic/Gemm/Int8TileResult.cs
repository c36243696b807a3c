namespace Edge.Kernels.Generic.Gemm;

/// <summary>What an int8 tile stores.</summary>
internal enum Int8TileResult : byte
{
    /// <summary>The accumulators.</summary>
    Int32,

    /// <summary>Requantized bytes.</summary>
    Bytes,

    /// <summary>
    /// Requantized bytes, where no scale is greater than a half: a result is far from the end of int32, so
    /// that it may be rounded before it is bounded.
    /// </summary>
    BytesWithoutOverflow,
}

internal static class Int8TileResults
{
    /// <summary>A product with any int32 is at most 2³⁰.</summary>
    private const float MaxScale = 0.5f;

    /// <summary>What a tile stores for outputs of <paramref name="elementBytes"/> with these scales. NaN is no small scale.</summary>
    public static Int8TileResult Of(int elementBytes, ReadOnlySpan<float> scales)
    {
        if (elementBytes != 1) return Int8TileResult.Int32;
        foreach (float scale in scales)
            if (!(MathF.Abs(scale) <= MaxScale)) return Int8TileResult.Bytes;
        return Int8TileResult.BytesWithoutOverflow;
    }
}
