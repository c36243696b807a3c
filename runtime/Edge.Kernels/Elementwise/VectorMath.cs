using System.Runtime.CompilerServices;
using Edge.Kernels.Generic;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Elementwise;

/// <summary>
/// Transcendental functions on float32 vectors, made of additions, multiplications, divisions and bit operations, so
/// that every instruction set gives the same bits. A bound of n ulp is the distance from the exact value in units of
/// the last place of the float32 result, measured over each 1021st float32 argument; a test holds the functions to it
/// on a coarser grid, or with <c>EDGE_EXHAUSTIVE=1</c> on every argument.
/// </summary>
/// <remarks>
/// Polynomials are weighted minimax fits (Lawson's iteration on Chebyshev nodes in 40-digit arithmetic; coefficients
/// rounded to float32 one by one, the rest refitted); the error that each is stated with is that of the rounded
/// polynomial in exact arithmetic.
/// </remarks>
internal static partial class VectorMath
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts: the first has 9 significant bits, so that its product with an exponent is exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>
    /// eˣ within 1 ulp, denormal results included. e^(−∞) = 0, e^x = ∞ above 88.72284, NaN gives NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V>(V x) where V : unmanaged, IVectorF32<V>
    {
        // Beyond these bounds the result is 0 or ∞ all the same. The second operand wins for NaN.
        return BoundedExp<V, No>(V.Lesser(V.Splat(89), V.Greater(V.Splat(-104), x)));
    }

    /// <summary>eˣ − 1 for x ≤ 0 (greater x give unspecified values) within 2 ulp; −1 for −∞, NaN for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpM1OfNegative<V>(V x) where V : unmanaged, IVectorF32<V>
    {
        // Below −25 the result rounds to −1.
        x = V.Greater(V.Splat(-25), x);
        V n = V.Round(x * V.Splat(Log2E));
        V scale = V.PowerOfTwo(n);
        return scale * ReducedExpM1<V, No>(x, n) + (scale - V.Splat(1));
    }

    /// <summary>tanh x within 3 ulp; the sign of zero is kept, ±∞ give ±1, NaN gives NaN.</summary>
    /// <remarks>−E / (2 + E) with E = e^(−2|x|) − 1.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V>(V x) where V : unmanaged, IVectorF32<V>
    {
        V e = ExpM1OfNegative(V.Abs(x) * V.Splat(-2));
        return CopySign(-e / (e + V.Splat(2)), x);
    }

    /// <summary>1 / (1 + e⁻ˣ) within 3 ulp for results of either tail; −∞ gives 0, ∞ gives 1, NaN gives NaN.</summary>
    /// <remarks>With e = e^(−|x|): 1 / (1 + e) for x ≥ 0, else e / (1 + e).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V x) where V : unmanaged, IVectorF32<V> => Sigmoid<V, No>(x);

    /// <summary>The same by <see cref="IVectorF32{V}.MultiplyAdd"/>, for what follows the sums of convolutions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SigmoidOfSum<V>(V x) where V : unmanaged, IVectorF32<V> => Sigmoid<V, Yes>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Sigmoid<V, TFuse>(V x)
        where V : unmanaged, IVectorF32<V>
        where TFuse : IFlag
    {
        V e = BoundedExp<V, TFuse>(V.Greater(V.Splat(-104), x | V.SplatBits(int.MinValue)));
        V one = V.Splat(1);
        return V.Select(V.IsGreaterOrEqual(x, V.Splat(0)), one, e) / (one + e);
    }

    /// <summary>eˣ as <see cref="Exp"/> for −104 ≤ x ≤ 89.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V BoundedExp<V, TFuse>(V x)
        where V : unmanaged, IVectorF32<V>
        where TFuse : IFlag
    {
        V n = V.Round(x * V.Splat(Log2E));
        return V.Scale(ReducedExpM1<V, TFuse>(x, n) + V.Splat(1), n);
    }

    /// <summary>
    /// e^r − 1 where r = x − n·ln 2, |r| ≤ 0.3467: r + r²·q(r). Relative error of the polynomial 2^−26.1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ReducedExpM1<V, TFuse>(V x, V n)
        where V : unmanaged, IVectorF32<V>
        where TFuse : IFlag
    {
        V r = MultiplyAdd<V, TFuse>(n, V.Splat(-Ln2Low), MultiplyAdd<V, TFuse>(n, V.Splat(-Ln2High), x));
        V q = V.Splat(0.00138692057f);
        q = MultiplyAdd<V, TFuse>(q, r, V.Splat(0.00836625695f));
        q = MultiplyAdd<V, TFuse>(q, r, V.Splat(0.0416674502f));
        q = MultiplyAdd<V, TFuse>(q, r, V.Splat(0.166665465f));
        q = MultiplyAdd<V, TFuse>(q, r, V.Splat(0.49999997f));
        return MultiplyAdd<V, TFuse>(q, r * r, r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V MultiplyAdd<V, TFuse>(V a, V b, V c)
        where V : unmanaged, IVectorF32<V>
        where TFuse : IFlag => TFuse.IsSet ? V.MultiplyAdd(a, b, c) : a * b + c;

    /// <summary>|magnitude| with the sign of <paramref name="sign"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V CopySign<V>(V magnitude, V sign) where V : unmanaged, IVectorF32<V> =>
        V.Abs(magnitude) | (sign & V.SplatBits(int.MinValue));
}
