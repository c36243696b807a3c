namespace Edge.Quantization.Rewrite.WeightOnly;

/// <summary>
/// Weights with 4 bits and a scale for each block. The scale is searched for: the largest weight of a block is put on each of
/// a row of levels, some beyond the last code; the weights are rounded, and the scale becomes the one with the least squared
/// error for these codes. The best of all is taken.
/// </summary>
internal static class BlockQuantizer
{
    /// <summary>Codes of int4.</summary>
    public const int Low = -8, High = 7;

    /// <summary>Codes of uint4.</summary>
    public const int AsymmetricHigh = 15;

    /// <summary>
    /// Levels on which the largest magnitude is tried. Below 5 a third of the codes lie idle; above 11 the largest weight of a
    /// block, clipped to 7, loses more than the others can gain.
    /// </summary>
    private const float LeastLevel = 5, MostLevel = 11;

    private const int Levels = 49;

    /// <summary>Parts of a block's range, in eighteenths of 1 and somewhat beyond, that the 16 asymmetric codes are spread over.</summary>
    private const int LeastShare = 11, MostShare = 19, Shares = 18;

    /// <summary>Blocks that a thread takes at once.</summary>
    private const int Together = 256;

    /// <param name="weights">Finite weights.</param>
    /// <param name="layout">Their blocks.</param>
    /// <param name="asymmetric">Codes 0 … 15 around a zero point of each block, instead of −8 … 7 around 0.</param>
    public static BlockWeights Quantize(float[] weights, BlockLayout layout, bool asymmetric)
    {
        var codes = new sbyte[weights.Length];
        var scales = new float[layout.Count];
        sbyte[]? zeroPoints = asymmetric ? new sbyte[layout.Count] : null;
        Parallel.For(0, (layout.Count + Together - 1) / Together, chunk =>
        {
            var block = new float[layout.Size];
            var chosen = new sbyte[layout.Size];
            var tried = new sbyte[layout.Size];
            for (int n = chunk * Together; n < Math.Min(layout.Count, (chunk + 1) * Together); n++)
            {
                (int start, int length) = layout.Block(n);
                for (int i = 0; i < length; i++) block[i] = weights[start + (i * layout.Inner)];
                int zeroPoint = 0;
                scales[n] = asymmetric
                    ? Asymmetric(block.AsSpan(0, length), chosen, tried, out zeroPoint)
                    : Symmetric(block.AsSpan(0, length), chosen, tried);
                if (zeroPoints is not null) zeroPoints[n] = (sbyte)zeroPoint;
                for (int i = 0; i < length; i++) codes[start + (i * layout.Inner)] = chosen[i];
            }
        });
        return new BlockWeights(codes, scales, zeroPoints, layout);
    }

    private static float Symmetric(ReadOnlySpan<float> w, Span<sbyte> codes, Span<sbyte> tried)
    {
        float largest = 0;
        foreach (float v in w) largest = Math.Max(largest, Math.Abs(v));
        var best = new Fit(1, double.PositiveInfinity);
        if (largest / MostLevel is 0 or < float.Epsilon) return Zeros(codes, w.Length);
        for (int step = 0; step < Levels; step++)
        {
            float level = LeastLevel + ((MostLevel - LeastLevel) * step / (Levels - 1));
            best = Try(w, largest / level, 0, Low, High, codes, tried, best);
        }
        return best.Scale;
    }

    private static float Asymmetric(ReadOnlySpan<float> w, Span<sbyte> codes, Span<sbyte> tried, out int zeroPoint)
    {
        float min = 0, max = 0;
        foreach (float v in w)
        {
            min = Math.Min(min, v);
            max = Math.Max(max, v);
        }
        zeroPoint = 0;
        double range = (double)max - min;
        if ((float)(range * LeastShare / Shares / AsymmetricHigh) == 0) return Zeros(codes, w.Length);
        var best = new Fit(1, double.PositiveInfinity);
        for (int share = LeastShare; share <= MostShare; share++)
        {
            float scale = (float)(range * share / Shares / AsymmetricHigh);
            int zero = (int)Math.Floor(-min * (double)share / Shares / scale);
            for (int z = Math.Max(0, zero); z <= Math.Min(AsymmetricHigh, zero + 1); z++)
            {
                Fit fit = Try(w, scale, z, 0, AsymmetricHigh, codes, tried, best);
                if (fit != best) zeroPoint = z;
                best = fit;
            }
        }
        return best.Scale;
    }

    private static float Zeros(Span<sbyte> codes, int count)
    {
        codes[..count].Clear();
        return 1;
    }

    /// <summary>Rounds with a scale, then with the best scale for what came of it; keeps codes and scale if they are better.</summary>
    private static Fit Try(ReadOnlySpan<float> w, float scale, int zero, int low, int high, Span<sbyte> codes, Span<sbyte> tried, Fit best)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            double products = 0, squares = 0;
            for (int i = 0; i < w.Length; i++)
            {
                int q = (int)Math.Clamp(MathF.Round(w[i] / scale) + zero, low, high);
                tried[i] = (sbyte)q;
                products += (double)w[i] * (q - zero);
                squares += (double)(q - zero) * (q - zero);
            }
            if (squares == 0 || products <= 0 || (float)(products / squares) == 0) return best;
            scale = (float)(products / squares);
        }
        double error = 0;
        for (int i = 0; i < w.Length; i++)
        {
            double e = w[i] - ((double)(tried[i] - zero) * scale);
            error += e * e;
        }
        if (error >= best.Error) return best;
        tried[..w.Length].CopyTo(codes);
        return new Fit(scale, error);
    }

    private readonly record struct Fit(float Scale, double Error);
}

/// <summary>Weights with 4 bits.</summary>
/// <param name="Codes">In the order of the weights: −8 … 7, or 0 … 15 where there are zero points.</param>
/// <param name="Scales">One a block.</param>
/// <param name="ZeroPoints">One a block; null where all are 0.</param>
/// <param name="Layout">The blocks.</param>
internal sealed record BlockWeights(sbyte[] Codes, float[] Scales, sbyte[]? ZeroPoints, BlockLayout Layout)
{
    /// <summary>The real numbers that the codes stand for.</summary>
    public float[] Dequantize()
    {
        var values = new float[Codes.Length];
        for (int n = 0; n < Scales.Length; n++)
        {
            (int start, int length) = Layout.Block(n);
            int zero = ZeroPoints?[n] ?? 0;
            for (int i = 0; i < length; i++)
            {
                int at = start + (i * Layout.Inner);
                values[at] = (Codes[at] - zero) * Scales[n];
            }
        }
        return values;
    }

    /// <summary>Two codes a byte, the first one in the low half, as ONNX has int4 and uint4.</summary>
    public static byte[] Pack(ReadOnlySpan<sbyte> codes)
    {
        var bytes = new byte[(codes.Length + 1) / 2];
        for (int i = 0; i < codes.Length; i++) bytes[i / 2] |= (byte)((codes[i] & 15) << (i % 2 * 4));
        return bytes;
    }
}
