namespace Edge.Kernels.Elementwise;

/// <summary>
/// Powers of float32 numbers, in float64 additions, multiplications and divisions, so that every machine gives the same bits.
/// </summary>
public static class Power
{
    /// <summary>
    /// xʸ with the special cases of IEEE 754 (x⁰ = 1ʸ = 1 even for NaN; a negative base with a fractional exponent gives
    /// NaN). Within 0.51 ulp, except that the exponents 2 and 3 are products in float32 (within 1.5 ulp).
    /// </summary>
    public static float Pow(float x, float y)
    {
        if (y == 2) return x * x;
        if (y == 3) return x * x * x;
        if (y == 0 || x == 1) return 1;
        if (float.IsNaN(x) || float.IsNaN(y)) return float.NaN;
        bool isInteger = MathF.Floor(y) == y;
        if (x < 0 && !isInteger && !float.IsInfinity(x)) return float.NaN;
        // From 2²⁴ on, every float32 is even.
        bool isOdd = isInteger && MathF.Abs(y) < 16777216 && ((int)y & 1) != 0;
        float magnitude = PowOfPositive(MathF.Abs(x), y);
        return isOdd && float.IsNegative(x) ? -magnitude : magnitude;
    }

    /// <summary>For x ≥ 0, neither NaN.</summary>
    private static float PowOfPositive(float x, float y)
    {
        if (x == 1) return 1;
        if (x == 0 || float.IsInfinity(x)) return (x == 0) == (y > 0) ? 0 : float.PositiveInfinity;
        if (float.IsInfinity(y)) return (x > 1) == (y > 0) ? float.PositiveInfinity : 0;
        return (float)ElementaryF64.Exp(y * ElementaryF64.Log(x));
    }
}
