using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Attention;

/// <summary>
/// One position of linear attention in float32: a state <c>[keys, values]</c> decays, forgets what a key retrieves, takes a
/// key and a value in, and is read by queries. Immutable, free of locks.
/// </summary>
public abstract unsafe class LinearAttentionKernel
{
    public abstract string Name { get; }

    /// <summary><c>state[d] = state[d] · e^decay</c>, one decay for each key element, or one for all where <paramref name="step"/> is 0.</summary>
    public abstract void Decay(float* state, float* decay, nint step, int keys, int values);

    /// <summary><c>v' = beta · (v − stateᵀ · (key ⊙ erase))</c>.</summary>
    /// <param name="state"><c>[keys, values]</c></param>
    /// <param name="key"><c>[keys]</c></param>
    /// <param name="erase"><c>[keys]</c>; null for 1.</param>
    /// <param name="value"><c>[values]</c></param>
    /// <param name="beta">Factor.</param>
    /// <param name="corrected"><c>[values]</c></param>
    /// <param name="keys">Elements of a key.</param>
    /// <param name="values">Elements of a value.</param>
    public abstract void Correct(float* state, float* key, float* erase, float* value, float beta, float* corrected, int keys, int values);

    /// <summary><c>state += key ⊗ value</c>.</summary>
    public abstract void Write(float* state, float* key, float* value, int keys, int values);

    /// <summary><c>y = scale · stateᵀ · query</c>.</summary>
    public abstract void Read(float* state, float* query, float scale, float* y, int keys, int values);
}

internal sealed unsafe class LinearAttentionKernel<V>(string isa) : LinearAttentionKernel
    where V : unmanaged, IVectorF32<V>
{
    public override string Name { get; } = $"linear_attention_f32_{isa}";

    [MethodImpl(Compile.Alone)]
    public override void Decay(float* state, float* decay, nint step, int keys, int values)
    {
        for (nint d = 0; d < keys; d++, state += values)
        {
            float factor;
            VectorMath.Exp(VectorF32x1.Load(decay + d * step)).Store(&factor);
            V f = V.Splat(factor);
            nint m = 0;
            for (; m <= values - V.Count; m += V.Count) (V.Load(state + m) * f).Store(state + m);
            for (; m < values; m++) state[m] *= factor;
        }
    }

    [MethodImpl(Compile.Alone)]
    public override void Correct(float* state, float* key, float* erase, float* value, float beta, float* corrected, int keys, int values)
    {
        nint m = 0;
        for (; m <= values - V.Count; m += V.Count)
        {
            V sum = V.Splat(0);
            for (nint d = 0; d < keys; d++) sum += V.Load(state + d * values + m) * V.Splat(erase is null ? key[d] : key[d] * erase[d]);
            (V.Splat(beta) * (V.Load(value + m) - sum)).Store(corrected + m);
        }

        for (; m < values; m++)
        {
            float sum = 0;
            for (nint d = 0; d < keys; d++) sum += state[d * values + m] * (erase is null ? key[d] : key[d] * erase[d]);
            corrected[m] = beta * (value[m] - sum);
        }
    }

    [MethodImpl(Compile.Alone)]
    public override void Write(float* state, float* key, float* value, int keys, int values)
    {
        for (nint d = 0; d < keys; d++, state += values)
        {
            V k = V.Splat(key[d]);
            nint m = 0;
            for (; m <= values - V.Count; m += V.Count) (V.Load(state + m) + k * V.Load(value + m)).Store(state + m);
            for (; m < values; m++) state[m] += key[d] * value[m];
        }
    }

    [MethodImpl(Compile.Alone)]
    public override void Read(float* state, float* query, float scale, float* y, int keys, int values)
    {
        nint m = 0;
        for (; m <= values - V.Count; m += V.Count)
        {
            V sum = V.Splat(0);
            for (nint d = 0; d < keys; d++) sum += V.Load(state + d * values + m) * V.Splat(query[d]);
            (V.Splat(scale) * sum).Store(y + m);
        }

        for (; m < values; m++)
        {
            float sum = 0;
            for (nint d = 0; d < keys; d++) sum += state[d * values + m] * query[d];
            y[m] = scale * sum;
        }
    }
}
