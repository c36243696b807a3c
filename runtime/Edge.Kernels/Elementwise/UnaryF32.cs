using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Elementwise;

/// <summary>A function of one float32, on vectors: the formula of one <see cref="UnaryFunction"/>.</summary>
internal interface IUnaryF32
{
    /// <summary>Elements that are worth a thread: <see cref="Grain"/>.</summary>
    static abstract nint Grain { get; }

    V Apply<V>(V x) where V : unmanaged, IVectorF32<V>;
}

internal readonly struct ReluF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Greater(V.Splat(0), x);
}

internal readonly struct LeakyReluF32(float alpha) : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Select(V.IsGreaterOrEqual(x, V.Splat(0)), x, x * V.Splat(alpha));
}

internal readonly struct ClipF32(float alpha, float beta) : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Lesser(V.Splat(beta), V.Greater(V.Splat(alpha), x));
}

internal readonly struct SigmoidF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => VectorMath.Sigmoid(x);
}

/// <summary>The sigmoid of a convolution's results.</summary>
internal readonly struct SigmoidOfSum : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => VectorMath.SigmoidOfSum(x);
}

/// <summary>SiLU of a convolution's results.</summary>
internal readonly struct SiluOfSum : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => x * VectorMath.SigmoidOfSum(x);
}

internal readonly struct HardSigmoidF32(float alpha, float beta) : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Greater(V.Splat(0), V.Lesser(V.Splat(1), x * V.Splat(alpha) + V.Splat(beta)));
}

internal readonly struct HardSwishF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => x * V.Greater(V.Splat(0), V.Lesser(V.Splat(1), x * V.Splat(1f / 6) + V.Splat(0.5f)));
}

internal readonly struct SwishF32(float alpha) : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => x * VectorMath.Sigmoid(x * V.Splat(alpha));
}

internal readonly struct TanhF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => VectorMath.Tanh(x);
}

internal readonly struct EluF32(float alpha) : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Select(V.IsGreater(x, V.Splat(0)), x, VectorMath.ExpM1OfNegative(V.Lesser(V.Splat(0), x)) * V.Splat(alpha));
}

internal readonly struct SeluF32(float alpha, float beta) : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Splat(beta) * V.Select(V.IsGreater(x, V.Splat(0)), x, VectorMath.ExpM1OfNegative(V.Lesser(V.Splat(0), x)) * V.Splat(alpha));
}

internal readonly struct CeluF32(float alpha) : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Greater(V.Splat(0), x) + VectorMath.ExpM1OfNegative(V.Lesser(V.Splat(0), x) / V.Splat(alpha)) * V.Splat(alpha);
}

internal readonly struct SoftplusF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => VectorMath.Softplus(x);
}

internal readonly struct SoftsignF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => x / (V.Splat(1) + V.Abs(x));
}

internal readonly struct ThresholdedReluF32(float alpha) : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Select(V.IsGreater(x, V.Splat(alpha)), x, V.Splat(0));
}

internal readonly struct GeluF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => x * V.Splat(0.5f) * (V.Splat(1) + VectorMath.Erf(x * V.Splat(0.707106781f)));
}

internal readonly struct GeluTanhF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => x * VectorMath.Sigmoid((x + x * x * x * V.Splat(0.044715f)) * V.Splat(1.59576912f));
}

internal readonly struct ErfF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => VectorMath.Erf(x);
}

internal readonly struct ExpF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => VectorMath.Exp(x);
}

internal readonly struct LogF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => VectorMath.Log(x);
}

internal readonly struct SqrtF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Sqrt(x);
}

internal readonly struct ReciprocalF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Splat(1) / x;
}

internal readonly struct AbsF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Abs(x);
}

internal readonly struct NegF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => -x;
}

internal readonly struct FloorF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Floor(x);
}

internal readonly struct CeilF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Ceiling(x);
}

internal readonly struct RoundF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => V.Round(x);
}

internal readonly struct SignF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V>
    {
        V zero = V.Splat(0);
        V y = V.Select(V.IsGreater(x, zero), V.Splat(1), x);
        return V.Select(V.IsGreater(zero, x), V.Splat(-1), y);
    }
}

internal readonly struct ShrinkF32(float alpha, float beta) : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V>
    {
        V y = V.Select(V.IsGreater(V.Splat(-alpha), x), x + V.Splat(beta), V.Splat(0));
        return V.Select(V.IsGreater(x, V.Splat(alpha)), x - V.Splat(beta), y);
    }
}

/// <summary>
/// With e = eˣ, tanh(ln(1 + e)) = s / (s + 2) where s = e·(e + 2); from x = 20 on it rounds to 1, which also keeps e² finite.
/// </summary>
internal readonly struct MishF32 : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V>
    {
        V e = VectorMath.Exp(V.Lesser(V.Splat(20), x));
        V s = e * (e + V.Splat(2));
        return x * (s / (s + V.Splat(2)));
    }
}
