using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Reduction;

/// <summary>The two passes that softmax makes over a set of neighbours before it divides.</summary>
internal static unsafe class Exponentials
{
    /// <summary>The greatest element, −∞ of none. NaN is passed over, for it reaches the sum by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Greatest<V>(float* x, nint n) where V : unmanaged, IVectorF32<V>
    {
        float max = float.NegativeInfinity;
        nint i = 0;
        if (n >= V.Count)
        {
            float* lanes = stackalloc float[Partials.Count];
            V m = V.Splat(max);
            for (; i <= n - V.Count; i += V.Count) m = V.Greater(V.Load(x + i), m);
            m.Store(lanes);
            max = Partials.Greatest(lanes, V.Count);
        }

        for (; i < n; i++) max = x[i] > max ? x[i] : max;
        return max;
    }

    /// <summary>
    /// <c>y = e^(x − max)</c>, and their sum in the order of <see cref="Partials"/>. <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum<V>(float* x, float* y, nint n, float max) where V : unmanaged, IVectorF32<V>
    {
        float* partial = stackalloc float[Partials.Count];
        new Span<float>(partial, Partials.Count).Clear();
        nint whole = n & ~(nint)(Partials.Count - 1);
        V m = V.Splat(max);
        for (nint i = 0; i < whole; i += Partials.Count)
            for (int k = 0; k < Partials.Count; k += V.Count)
            {
                V e = VectorMath.Exp(V.Load(x + i + k) - m);
                e.Store(y + i + k);
                (V.Load(partial + k) + e).Store(partial + k);
            }

        nint tail = whole;
        for (; tail <= n - V.Count; tail += V.Count) VectorMath.Exp(V.Load(x + tail) - m).Store(y + tail);
        if (tail < n) VectorMath.Exp(V.LoadFirst(x + tail, (int)(n - tail)) - m).StoreFirst(y + tail, (int)(n - tail));
        for (nint i = whole; i < n; i++) partial[i - whole] += y[i];
        return Partials.Join<SumReduction>(partial);
    }
}
