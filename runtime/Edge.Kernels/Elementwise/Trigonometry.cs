namespace Edge.Kernels.Elementwise;

/// <summary>
/// Sine, cosine and tangent of float32 numbers, in float64 additions and multiplications, so that every machine gives the same
/// bits. Within 0.51 ulp for every argument; ±∞ and NaN give NaN; the sine keeps the sign of zero.
/// </summary>
internal static class Trigonometry
{
    /// <summary>Below it, the quotient by π/2 has at most 20 bits and its product with <see cref="HalfPiHigh"/> is exact.</summary>
    private const float FewTurns = 1e6f;

    // π/2 in two parts, the first of 33 bits.
    private const double HalfPiHigh = 1.5707963267341256, HalfPiLow = 6.077100506506192e-11;

    /// <summary>The first 256 bits of the fraction 2/π.</summary>
    private static ReadOnlySpan<ulong> TwoOverPi => [0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041, 0xFE5163ABDEBBC561];

    public static float Sin(float x) => Wave(x, 0);

    public static float Cos(float x) => Wave(x, 1);

    public static float Tan(float x)
    {
        if (!float.IsFinite(x)) return float.NaN;
        double r = Reduce(x, out int quarters);
        return (float)((quarters & 1) == 0 ? SinOfEighth(r) / CosOfEighth(r) : -CosOfEighth(r) / SinOfEighth(r));
    }

    /// <summary>sin(x + quarters·π/2)</summary>
    private static float Wave(float x, int quarters)
    {
        if (!float.IsFinite(x)) return float.NaN;
        double r = Reduce(x, out int n);
        quarters += n;
        float y = (float)((quarters & 1) == 0 ? SinOfEighth(r) : CosOfEighth(r));
        return (quarters & 2) == 0 ? y : -y;
    }

    /// <summary>r and a number of quarter turns with x = r + quarters·π/2 modulo 2π, |r| ≤ π/4.</summary>
    private static double Reduce(float x, out int quarters)
    {
        if (MathF.Abs(x) < FewTurns)
        {
            double n = Math.Round(x * 0.63661977236758134308);
            quarters = (int)n;
            return x - n * HalfPiHigh - n * HalfPiLow;
        }

        double r = ReduceLarge(MathF.Abs(x), out quarters);
        if (x < 0) (r, quarters) = (-r, -quarters);
        return r;
    }

    /// <summary>
    /// x modulo π/2 for large x (Payne and Hanek 1983): x = m·2ᵉ times a window of 2/π that leaves out the bits whose
    /// products are multiples of four quarter turns.
    /// </summary>
    private static double ReduceLarge(float x, out int quarters)
    {
        int bits = BitConverter.SingleToInt32Bits(x);
        uint m = (uint)(bits & 0x7FFFFF) | 0x800000;
        int e = (bits >> 23) - 150;
        // The upper two bits of turns count quarters modulo 4, the other 126 are the fraction of a quarter.
        UInt128 turns = m * Window(e - 2);
        UInt128 fraction = turns << 2;
        quarters = (int)(turns >> 126);
        var signed = (Int128)fraction;
        if (signed < 0) quarters++;
        return (double)(long)(signed >> 64) * (HalfPi / 18446744073709551616.0);
    }

    private const double HalfPi = 1.57079632679489661923;

    /// <summary>128 bits of 2/π beginning with bit <paramref name="first"/> after the point; zeros stand before the point.</summary>
    private static UInt128 Window(int first)
    {
        UInt128 window = 0;
        for (int i = 0; i < 3; i++)
        {
            int shift = 64 * (1 - i) + (first & 63);
            int word = (first >> 6) + i;
            UInt128 bits = (uint)word < (uint)TwoOverPi.Length ? TwoOverPi[word] : 0;
            window |= shift >= 0 ? bits << shift : bits >> -shift;
        }
        return window;
    }

    /// <summary>Taylor's series to r¹⁵ for |r| ≤ π/4: the first term left out is below 2⁻⁵⁰.</summary>
    private static double SinOfEighth(double r)
    {
        double s = r * r, p = 1;
        for (int k = 14; k >= 2; k -= 2) p = 1 - p * s / (k * (k + 1));
        return p * r;
    }

    /// <summary>Taylor's series to r¹⁶.</summary>
    private static double CosOfEighth(double r)
    {
        double s = r * r, p = 1;
        for (int k = 15; k >= 1; k -= 2) p = 1 - p * s / (k * (k + 1));
        return p;
    }
}
