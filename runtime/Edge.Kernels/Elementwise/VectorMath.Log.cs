using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Elementwise;

internal static partial class VectorMath
{
    private const float LeastNormal = 1.17549435e-38f;

    /// <summary>ln x within 1 ulp; 0 and −0 give −∞, x &lt; 0 and NaN give NaN, ∞ gives ∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V>(V x) where V : unmanaged, IVectorF32<V>
    {
        V zero = V.Splat(0);
        // Denormals enter the normal range by 2²³, which is taken off the exponent again.
        V isSmall = V.IsGreater(V.Splat(LeastNormal), x);
        V y = LogOfNormal(V.Select(isSmall, x * V.Splat(8388608), x), V.Select(isSmall, V.Splat(-23), zero));
        y = V.Select(V.IsGreater(x, zero), y, V.SplatBits(unchecked((int)0xFFC00000)));
        y = V.Select(V.IsEqual(x, zero), V.Splat(float.NegativeInfinity), y);
        return V.Select(V.IsEqual(x, V.Splat(float.PositiveInfinity)), x, y);
    }

    /// <summary>ln(1 + eˣ) within 2 ulp: max(x, 0) + ln(1 + t) with t = e^(−|x|). −∞ gives 0, ∞ gives ∞, NaN gives NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Softplus<V>(V x) where V : unmanaged, IVectorF32<V>
    {
        V t = Exp(-V.Abs(x));
        // u = 1 + t rounds; what it lost, t − (u − 1), is exact and enters with the slope 1/u of the logarithm.
        V u = V.Splat(1) + t;
        V log = LogOfNormal(u, V.Splat(0)) + (t - (u - V.Splat(1))) / u;
        return V.Greater(V.Splat(0), x) + log;
    }

    /// <summary>ln x + exponent · ln 2 for positive normal finite x.</summary>
    /// <remarks>
    /// x = 2ᵉ·m with m in [√½, √2), f = m − 1: ln x = e·ln 2 + f − f²/2 + f³·p(f). Relative error of the polynomial
    /// within the logarithm 2^−30.2.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogOfNormal<V>(V x, V exponent) where V : unmanaged, IVectorF32<V>
    {
        const int One = 0x3F800000, SqrtHalf = 0x3F3504F3;
        // Adding 1 − √½ in bits carries into the exponent exactly where the significand reaches √2.
        V bits = V.AddInt32(x, V.SplatBits(One - SqrtHalf));
        V e = V.FromInt32(V.AddInt32(V.ShiftRightArithmetic(bits, 23), V.SplatBits(-127))) + exponent;
        V f = V.AddInt32(bits & V.SplatBits(0x007FFFFF), V.SplatBits(SqrtHalf)) - V.Splat(1);
        V p = V.Splat(0.0675000772f);
        p = p * f + V.Splat(-0.116716661f);
        p = p * f + V.Splat(0.118839286f);
        p = p * f + V.Splat(-0.124059811f);
        p = p * f + V.Splat(0.142202854f);
        p = p * f + V.Splat(-0.166679993f);
        p = p * f + V.Splat(0.200020745f);
        p = p * f + V.Splat(-0.250000089f);
        p = p * f + V.Splat(0.333333135f);
        V square = f * f;
        V y = p * f * square + e * V.Splat(Ln2Low) - square * V.Splat(0.5f);
        return y + f + e * V.Splat(Ln2High);
    }
}
