namespace Edge.Kernels.Elementwise;

/// <summary>
/// Elementary functions in float64 additions, multiplications, divisions and square roots, so that every machine gives
/// the same bits; accurate enough that results rounded to float32 are within 0.51 ulp.
/// </summary>
internal static class ElementaryF64
{
    private const double Ln2High = 6.93147180369123816490e-01, Ln2Low = 1.90821492927058770002e-10;

    /// <summary>
    /// ln x of a positive finite float32: x = 2ᵉ·m with m in [√½, √2), s = (m − 1)/(m + 1), ln m = 2·atanh s; |s| ≤ 0.172.
    /// </summary>
    public static double Log(double x)
    {
        const long One = 0x3FF0000000000000, SqrtHalf = 0x3FE6A09E667F3BCD;
        long bits = BitConverter.DoubleToInt64Bits(x) + (One - SqrtHalf);
        double e = (bits >> 52) - 1023;
        double m = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) + SqrtHalf);
        return e * Ln2Low + 2 * AtanhSeries((m - 1) / (m + 1)) + e * Ln2High;
    }

    /// <summary>eˣ, by Taylor's series on |r| ≤ ln 2 / 2; what float32 cannot hold becomes 0 or ∞ by the final conversion.</summary>
    public static double Exp(double x)
    {
        x = Math.Min(Math.Max(x, -200), 200);
        double n = Math.Round(x * 1.44269504088896340736);
        double r = x - n * Ln2High - n * Ln2Low;
        double p = 1;
        for (int k = 12; k >= 1; k--) p = p * r / k + 1;
        return p * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
    }

    /// <summary>arctan x; twice atan x = 2·atan(x / (1 + √(1 + x²))) leads to |x| ≤ tan(π/16), where its series is short.</summary>
    public static double Atan(double x)
    {
        bool outside = Math.Abs(x) > 1;
        double r = outside ? 1 / x : x;
        r /= 1 + Math.Sqrt(1 + r * r);
        r /= 1 + Math.Sqrt(1 + r * r);
        double s = r * r, p = 1.0 / 23;
        for (int n = 21; n >= 1; n -= 2) p = 1.0 / n - p * s;
        double y = 4 * (p * r);
        return outside ? Math.CopySign(Math.PI / 2, x) - y : y;
    }

    public static double Asin(double x) => Atan(x / Math.Sqrt((1 - x) * (1 + x)));

    public static double Acos(double x) => 2 * Atan(Math.Sqrt((1 - x) / (1 + x)));

    /// <summary>Its series up to 1; beyond, nothing cancels in (eˣ − e⁻ˣ) / 2.</summary>
    public static double Sinh(double x)
    {
        double a = Math.Abs(x);
        if (a > 1)
        {
            double e = Exp(a);
            return Math.CopySign((e - 1 / e) / 2, x);
        }

        double s = x * x, p = 1;
        for (int k = 16; k >= 2; k -= 2) p = 1 + p * s / (k * (k + 1));
        return p * x;
    }

    public static double Cosh(double x)
    {
        double e = Exp(Math.Abs(x));
        return (e + 1 / e) / 2;
    }

    public static double Asinh(double x)
    {
        double a = Math.Abs(x);
        return Math.CopySign(Log1P(a + a * a / (1 + Math.Sqrt(1 + a * a))), x);
    }

    public static double Acosh(double x)
    {
        double t = x - 1;
        return t >= 0 ? Log1P(t + Math.Sqrt(t * (t + 2))) : double.NaN;
    }

    public static double Atanh(double x)
    {
        double a = Math.Abs(x);
        return a <= 1 ? Math.CopySign(Log1P(2 * a / (1 - a)) / 2, x) : double.NaN;
    }

    /// <summary>ln(1 + x) for x ≥ 0.</summary>
    private static double Log1P(double x) =>
        x < 0.4 ? 2 * AtanhSeries(x / (2 + x)) : double.IsFinite(x) ? Log(1 + x) : x;

    /// <summary>artanh s for |s| ≤ 0.172: the first term left out is below 2⁻⁵⁰.</summary>
    private static double AtanhSeries(double s)
    {
        double q = s * s;
        double p = 1.0 / 17;
        for (int n = 15; n >= 1; n -= 2) p = p * q + 1.0 / n;
        return s * p;
    }
}
