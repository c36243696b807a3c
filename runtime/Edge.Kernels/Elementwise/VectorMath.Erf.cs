using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Elementwise;

internal static partial class VectorMath
{
    /// <summary>The error function within 2 ulp; the sign of zero is kept, ±∞ give ±1, NaN gives NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V>(V x) where V : unmanaged, IVectorF32<V>
    {
        // From 4 on, the result rounds to 1. The second operand wins for NaN.
        V t = V.Lesser(V.Splat(4), V.Abs(x));
        return V.Select(V.IsGreater(t, V.Splat(0.925f)), CopySign(ErfOfLarge(t), x), ErfOfSmall(x));
    }

    /// <summary>x + x·p(x²) for |x| ≤ 0.93; relative error of the polynomial 2^−30.0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ErfOfSmall<V>(V x) where V : unmanaged, IVectorF32<V>
    {
        V s = x * x;
        V p = V.Splat(7.99666377e-05f);
        p = p * s + V.Splat(-0.000804977084f);
        p = p * s + V.Splat(0.00519240508f);
        p = p * s + V.Splat(-0.0268557314f);
        p = p * s + V.Splat(0.112836257f);
        p = p * s + V.Splat(-0.376126289f);
        p = p * s + V.Splat(0.128379166f);
        return p * x + x;
    }

    /// <summary>1 − e^(−p(t)) for 0.92 ≤ t ≤ 4; relative error of the polynomial within the result 2^−29.1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ErfOfLarge<V>(V t) where V : unmanaged, IVectorF32<V>
    {
        V p = V.Splat(-0.000195880741f);
        p = p * t + V.Splat(0.00304274284f);
        p = p * t + V.Splat(-0.022225257f);
        p = p * t + V.Splat(0.103928506f);
        p = p * t + V.Splat(0.637185454f);
        p = p * t + V.Splat(1.12767386f);
        p = p * t + V.Splat(0.000196076158f);
        return V.Splat(1) - Exp(-p);
    }
}
