using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;
using Edge.Kernels.Reduction;

namespace Edge.Kernels.Attention;

/// <summary>
/// The two products of attention for a single query, which read keys and values once, where they are: what a decoder does
/// at each token. Immutable, free of locks.
/// </summary>
public abstract unsafe class SingleQueryKernel
{
    public abstract string Name { get; }

    /// <summary>
    /// <c>scores[j] = Σ query[i] · keys[j][i]</c>, element i going to partial sum i mod 16, and these being added as a tree.
    /// </summary>
    /// <param name="query"><paramref name="size"/> elements.</param>
    /// <param name="keys">Rows of <paramref name="size"/> elements.</param>
    /// <param name="row">Elements from a key to the next.</param>
    /// <param name="count">Keys.</param>
    /// <param name="size">Elements of a key.</param>
    /// <param name="scores"><paramref name="count"/> elements.</param>
    public abstract void Products(float* query, float* keys, nint row, nint count, int size, float* scores);

    /// <summary><c>y = Σ weights[j] · values[j]</c>, in the order of j.</summary>
    /// <param name="weights"><paramref name="count"/> elements.</param>
    /// <param name="values">Rows of <paramref name="size"/> elements.</param>
    /// <param name="row">Elements from a value to the next.</param>
    /// <param name="count">Values.</param>
    /// <param name="size">Elements of a value.</param>
    /// <param name="y"><paramref name="size"/> elements.</param>
    public abstract void Mix(float* weights, float* values, nint row, nint count, int size, float* y);
}

internal sealed unsafe class SingleQueryKernel<V>(string isa) : SingleQueryKernel
    where V : unmanaged, IVectorF32<V>
{
    public override string Name { get; } = $"single_query_f32_{isa}";

    [MethodImpl(Compile.Alone)]
    public override void Products(float* query, float* keys, nint row, nint count, int size, float* scores)
    {
        for (nint j = 0; j < count; j++) scores[j] = Dot(query, keys + j * row, size);
    }

    [MethodImpl(Compile.Alone)]
    public override void Mix(float* weights, float* values, nint row, nint count, int size, float* y)
    {
        nint m = 0;
        // Four vectors at a time use whole cache lines, and hide the latency of additions.
        for (; m <= size - 4 * V.Count; m += 4 * V.Count)
        {
            V a = V.Splat(0), b = a, c = a, d = a;
            float* v = values + m;
            for (nint j = 0; j < count; j++, v += row)
            {
                V w = V.Splat(weights[j]);
                a += w * V.Load(v);
                b += w * V.Load(v + V.Count);
                c += w * V.Load(v + 2 * V.Count);
                d += w * V.Load(v + 3 * V.Count);
            }

            a.Store(y + m);
            b.Store(y + m + V.Count);
            c.Store(y + m + 2 * V.Count);
            d.Store(y + m + 3 * V.Count);
        }

        for (; m <= size - V.Count; m += V.Count)
        {
            V a = V.Splat(0);
            for (nint j = 0; j < count; j++) a += V.Splat(weights[j]) * V.Load(values + j * row + m);
            a.Store(y + m);
        }

        for (; m < size; m++)
        {
            float sum = 0;
            for (nint j = 0; j < count; j++) sum += weights[j] * values[j * row + m];
            y[m] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot(float* a, float* b, int n)
    {
        float* partial = stackalloc float[Partials.Count];
        int whole = n & ~(Partials.Count - 1);
        for (int k = 0; k < Partials.Count; k += V.Count)
        {
            V p = V.Splat(0);
            for (int i = k; i < whole; i += Partials.Count) p += V.Load(a + i) * V.Load(b + i);
            p.Store(partial + k);
        }

        for (int i = whole; i < n; i++) partial[i - whole] += a[i] * b[i];
        return Partials.Join<SumReduction>(partial);
    }
}
