using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
            // The last vector may see some elements once more.
            if (i < n) m = V.Greater(V.Load(x + n - V.Count), m);
            m.Store(lanes);
            return Partials.Greatest(lanes, V.Count);
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
        V m = V.Splat(max);
        // One vector of partial sums at a time keeps them in a register.
        for (int k = 0; k < Partials.Count; k += V.Count)
        {
            V sum = V.Splat(0);
            nint i = k;
            for (; i <= n - V.Count; i += Partials.Count)
            {
                V e = VectorMath.Exp(V.Load(x + i) - m);
                e.Store(y + i);
                sum += e;
            }

            if (i < n)
            {
                int left = (int)(n - i);
                V e = VectorMath.Exp(V.LoadFirst(x + i, left) - m);
                e.StoreFirst(y + i, left);
                sum += e & V.IsGreater(V.Splat(left), V.Load(Numbers));
            }

            sum.Store(partial + k);
        }

        return Partials.Join<SumReduction>(partial);
    }

    /// <summary>The numbers of a vector's lanes.</summary>
    private static float* Numbers => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(s_numbers));

    // Lies in the module's own memory, which does not move.
    private static ReadOnlySpan<float> s_numbers => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
}
