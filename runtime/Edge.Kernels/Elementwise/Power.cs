namespace Edge.Kernels.Elementwise;

/// <summary>
/// Powers of float32 numbers, in float64 additions, multiplications and divisions, so that every machine gives the same bits.
/// </summary>
public static class Power
{
    private const double Ln2High = 6.93147180369123816490e-01, Ln2Low = 1.90821492927058770002e-10;

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
        return (float)Exp(y * Log(x));
    }

    /// <summary>
    /// ln x of a positive finite float32: x = 2ᵉ·m with m in [√½, √2), s = (m − 1)/(m + 1), ln m = 2·atanh s by its
    /// series; |s| ≤ 0.172, so the first term left out is below 2⁻⁵⁰.
    /// </summary>
    private static double Log(double x)
    {
        const long One = 0x3FF0000000000000, SqrtHalf = 0x3FE6A09E667F3BCD;
        long bits = BitConverter.DoubleToInt64Bits(x) + (One - SqrtHalf);
        double e = (bits >> 52) - 1023;
        double m = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) + SqrtHalf);
        double s = (m - 1) / (m + 1);
        double q = s * s;
        double p = 1.0 / 17;
        for (int n = 15; n >= 1; n -= 2) p = p * q + 1.0 / n;
        return e * Ln2Low + 2 * s * p + e * Ln2High;
    }

    /// <summary>eˣ for finite x, by Taylor's series on |r| ≤ ln 2 / 2; what float32 cannot hold becomes 0 or ∞ by the final conversion.</summary>
    private static double Exp(double x)
    {
        x = Math.Min(Math.Max(x, -200), 200);
        double n = Math.Round(x * 1.44269504088896340736);
        double r = x - n * Ln2High - n * Ln2Low;
        double p = 1;
        for (int k = 12; k >= 1; k--) p = p * r / k + 1;
        return p * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
    }
}
