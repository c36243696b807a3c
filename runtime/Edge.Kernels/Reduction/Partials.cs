using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Reduction;

/// <summary>Reductions along neighbouring elements in 16 partial results, whatever the width of vectors.</summary>
internal static unsafe class Partials
{
    public const int Count = 16;

    /// <summary>
    /// Reduces <paramref name="n"/> neighbours: element i goes to partial result i mod 16, and these are joined as a tree.
    /// <see cref="IReduction.Finish"/> is left to the caller.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Reduce<TOp, V>(float* x, nint n)
        where TOp : struct, IReduction
        where V : unmanaged, IVectorF32<V>
    {
        float* partial = stackalloc float[Count];
        for (int k = 0; k < Count; k++) partial[k] = TOp.Start;
        nint whole = n & ~(nint)(Count - 1);
        // One vector of partial results at a time keeps them in a register, at the price of strided passes for narrow vectors.
        if (whole > 0)
        {
            for (int k = 0; k < Count; k += V.Count)
            {
                V p = V.Load(partial + k);
                for (nint i = k; i < whole; i += Count) p = TOp.Step(p, V.Load(x + i));
                p.Store(partial + k);
            }
        }

        for (nint i = whole; i < n; i++) Step<TOp>(partial + (i - whole), x + i);
        return Join<TOp>(partial);
    }

    /// <summary>
    /// Joins the partial results as a tree: the upper half to the lower one, and again. Overwrites <paramref name="partial"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Join<TOp>(float* partial) where TOp : struct, IReduction
    {
        VectorF32x4 a = TOp.Join(VectorF32x4.Load(partial), VectorF32x4.Load(partial + 8));
        VectorF32x4 b = TOp.Join(VectorF32x4.Load(partial + 4), VectorF32x4.Load(partial + 12));
        TOp.Join(a, b).Store(partial);
        for (int half = 2; half > 0; half /= 2)
            for (int k = 0; k < half; k++) TOp.Join(VectorF32x1.Load(partial + k), VectorF32x1.Load(partial + k + half)).Store(partial + k);
        return partial[0];
    }

    /// <summary>The greatest of <paramref name="lanes"/> numbers, 1 or a multiple of 4, none of which is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Greatest(float* numbers, int lanes)
    {
        if (lanes == 1) return numbers[0];
        VectorF32x4 max = VectorF32x4.Load(numbers);
        for (int k = VectorF32x4.Count; k < lanes; k += VectorF32x4.Count) max = VectorF32x4.Greater(VectorF32x4.Load(numbers + k), max);
        max.Store(numbers);
        float low = numbers[0] > numbers[1] ? numbers[0] : numbers[1], high = numbers[2] > numbers[3] ? numbers[2] : numbers[3];
        return low > high ? low : high;
    }

    private static void Step<TOp>(float* partial, float* x) where TOp : struct, IReduction =>
        TOp.Step(VectorF32x1.Load(partial), VectorF32x1.Load(x)).Store(partial);
}
