using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Recurrent;

/// <summary>What the cells have in common: vectors that may reach past the end of a row, and the argument of a gate.</summary>
internal static unsafe class Gate
{
    /// <summary>The first <paramref name="n"/> lanes, 1 ≤ n ≤ Count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(float* p, int n) where V : unmanaged, IVectorF32<V> => n == V.Count ? V.Load(p) : V.LoadFirst(p, n);

    /// <summary>Writes the first <paramref name="n"/> lanes, 1 ≤ n ≤ Count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V>(V v, float* p, int n) where V : unmanaged, IVectorF32<V>
    {
        if (n == V.Count) v.Store(p);
        else v.StoreFirst(p, n);
    }

    /// <summary><c>x + r + w + r'</c>, in this order; the biases w and r' may both be null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sum<V>(float* x, float* r, float* inputBias, float* recurrentBias, int n) where V : unmanaged, IVectorF32<V>
    {
        V sum = Load<V>(x, n) + Load<V>(r, n);
        return inputBias == null ? sum : sum + Load<V>(inputBias, n) + Load<V>(recurrentBias, n);
    }

    /// <summary><c>min(max(v, −clip), clip)</c>; NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Clip<V>(V v, float clip) where V : unmanaged, IVectorF32<V> => V.Lesser(V.Splat(clip), V.Greater(V.Splat(-clip), v));
}
