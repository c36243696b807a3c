using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Generic.WeightOnly;

/// <summary>What comes before the sums of a panel and after them.</summary>
internal static unsafe class WeightOnlyFinishing<V> where V : unmanaged, IVectorF32<V>
{
    /// <summary>Adds bias and residual, applies the bounds, and writes the columns that count.</summary>
    [MethodImpl(Compile.Alone)]
    public static void Run(WeightOnlyFinish* t)
    {
        V low = V.Splat(t->Low), high = V.Splat(t->High);
        for (int r = 0; r < t->Rows; r++)
        {
            float* sums = t->Sums + (nint)r * t->SumsStep, y = t->Y + r * t->YStep, residual = t->Residual == null ? null : t->Residual + r * t->YStep;
            int c = 0;
            for (; c <= t->Columns - V.Count; c += V.Count)
            {
                V v = V.Load(sums + c) + V.Load(t->Bias + c);
                if (residual != null) v += V.Load(residual + c);
                V.Lesser(high, V.Greater(low, v)).Store(y + c);
            }

            if (c == t->Columns) continue;
            int left = t->Columns - c;
            V last = V.Load(sums + c) + V.Load(t->Bias + c);
            if (residual != null) last += V.LoadFirst(residual + c, left);
            V.Lesser(high, V.Greater(low, last)).StoreFirst(y + c, left);
        }
    }

    /// <summary>Sums each <paramref name="size"/> of <paramref name="count"/> numbers into <paramref name="sums"/>.</summary>
    [MethodImpl(Compile.Alone)]
    public static void BlockSums(float* x, int count, int size, float* sums)
    {
        float* lanes = stackalloc float[V.Count];
        for (int from = 0; from < count; from += size)
        {
            int end = Math.Min(from + size, count), i = from;
            V a = default, b = default;
            for (; i <= end - 2 * V.Count; i += 2 * V.Count)
            {
                a += V.Load(x + i);
                b += V.Load(x + i + V.Count);
            }

            (a + b).Store(lanes);
            float sum = 0;
            for (int lane = 0; lane < V.Count; lane++) sum += lanes[lane];
            for (; i < end; i++) sum += x[i];
            *sums++ = sum;
        }
    }
}
