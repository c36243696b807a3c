using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Elementwise;

/// <summary>A function of two float32 numbers, on vectors: the formula of one <see cref="BinaryFunction"/>.</summary>
internal interface IBinaryF32
{
    static abstract V Apply<V>(V a, V b) where V : unmanaged, IVectorF32<V>;
}

/// <summary>Whole vectors, then one that is loaded and stored in part.</summary>
internal readonly unsafe struct BinaryRowF32<TOp, V> : IBinaryRow<float, float>
    where TOp : struct, IBinaryF32
    where V : unmanaged, IVectorF32<V>
{
    public static nint Grain => Elementwise.Grain.Light;

    public void Run(float* a, nint strideA, float* b, nint strideB, float* y, nint n)
    {
        if (strideA != 0 && strideB != 0) BothAdvance(a, b, y, n);
        else if (strideA != 0) LeftAdvances(a, V.Splat(*b), y, n);
        else if (strideB != 0) RightAdvances(V.Splat(*a), b, y, n);
        else Fill(TOp.Apply(V.Splat(*a), V.Splat(*b)), y, n);
    }

    [MethodImpl(Compile.Alone)]
    private static void BothAdvance(float* a, float* b, float* y, nint n)
    {
        nint i = 0;
        for (; i <= n - V.Count; i += V.Count) TOp.Apply(V.Load(a + i), V.Load(b + i)).Store(y + i);
        int rest = (int)(n - i);
        if (rest > 0) TOp.Apply(V.LoadFirst(a + i, rest), V.LoadFirst(b + i, rest)).StoreFirst(y + i, rest);
    }

    [MethodImpl(Compile.Alone)]
    private static void LeftAdvances(float* a, V b, float* y, nint n)
    {
        nint i = 0;
        for (; i <= n - V.Count; i += V.Count) TOp.Apply(V.Load(a + i), b).Store(y + i);
        int rest = (int)(n - i);
        if (rest > 0) TOp.Apply(V.LoadFirst(a + i, rest), b).StoreFirst(y + i, rest);
    }

    [MethodImpl(Compile.Alone)]
    private static void RightAdvances(V a, float* b, float* y, nint n)
    {
        nint i = 0;
        for (; i <= n - V.Count; i += V.Count) TOp.Apply(a, V.Load(b + i)).Store(y + i);
        int rest = (int)(n - i);
        if (rest > 0) TOp.Apply(a, V.LoadFirst(b + i, rest)).StoreFirst(y + i, rest);
    }

    private static void Fill(V value, float* y, nint n)
    {
        nint i = 0;
        for (; i <= n - V.Count; i += V.Count) value.Store(y + i);
        if (i < n) value.StoreFirst(y + i, (int)(n - i));
    }
}

internal readonly struct AddF32 : IBinaryF32
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, IVectorF32<V> => a + b;
}

internal readonly struct SubF32 : IBinaryF32
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, IVectorF32<V> => a - b;
}

internal readonly struct MulF32 : IBinaryF32
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, IVectorF32<V> => a * b;
}

internal readonly struct DivF32 : IBinaryF32
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, IVectorF32<V> => a / b;
}

/// <summary>Where a is NaN it equals nothing, itself included, and is taken; where b is NaN no comparison holds, and b is taken.</summary>
internal readonly struct MaxF32 : IBinaryF32
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, IVectorF32<V> => V.Select(V.IsEqual(a, a), V.Greater(a, b), a);
}

/// <inheritdoc cref="MaxF32"/>
internal readonly struct MinF32 : IBinaryF32
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, IVectorF32<V> => V.Select(V.IsEqual(a, a), V.Lesser(a, b), a);
}

internal readonly struct PReluF32 : IBinaryF32
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V>(V a, V b) where V : unmanaged, IVectorF32<V> => V.Select(V.IsGreaterOrEqual(a, V.Splat(0)), a, b * a);
}

/// <summary><see cref="Power.Pow(float, float)"/> one by one, but whole vectors for the exponents 2 and 3 that stand for a row.</summary>
internal readonly unsafe struct PowRowF32<V> : IBinaryRow<float, float>
    where V : unmanaged, IVectorF32<V>
{
    public static nint Grain => Elementwise.Grain.Heavy;

    public void Run(float* a, nint strideA, float* b, nint strideB, float* y, nint n)
    {
        if (strideA != 0 && strideB == 0 && *b is 2f or 3f) Multiply(a, *b == 3, y, n);
        else
            for (nint i = 0; i < n; i++) y[i] = Power.Pow(a[i * strideA], b[i * strideB]);
    }

    private static void Multiply(float* a, bool cube, float* y, nint n)
    {
        nint i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            V x = V.Load(a + i);
            (cube ? x * x * x : x * x).Store(y + i);
        }
        for (; i < n; i++) y[i] = cube ? a[i] * a[i] * a[i] : a[i] * a[i];
    }
}
