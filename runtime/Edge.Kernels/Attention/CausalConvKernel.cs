using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Attention;

/// <summary>Convolution of one channel of float32 with its own past. Immutable, free of locks.</summary>
public abstract unsafe class CausalConvKernel
{
    public abstract string Name { get; }

    /// <summary><c>y[t] = bias + Σ weights[j] · x[t + j]</c>.</summary>
    /// <param name="x"><paramref name="n"/> + <paramref name="taps"/> − 1 elements: the past first.</param>
    /// <param name="weights"><paramref name="taps"/> elements.</param>
    /// <param name="taps">Taps.</param>
    /// <param name="bias">Where each sum begins.</param>
    /// <param name="y"><paramref name="n"/> elements; does not overlap <paramref name="x"/>.</param>
    /// <param name="n">Elements of the result.</param>
    public abstract void Run(float* x, float* weights, int taps, float bias, float* y, nint n);
}

internal sealed unsafe class CausalConvKernel<V>(string isa) : CausalConvKernel
    where V : unmanaged, IVectorF32<V>
{
    public override string Name { get; } = $"causal_conv_f32_{isa}";

    [MethodImpl(Compile.Alone)]
    public override void Run(float* x, float* weights, int taps, float bias, float* y, nint n)
    {
        nint t = 0;
        for (; t <= n - V.Count; t += V.Count)
        {
            V sum = V.Splat(bias);
            for (int j = 0; j < taps; j++) sum += V.Splat(weights[j]) * V.Load(x + t + j);
            sum.Store(y + t);
        }

        for (; t < n; t++)
        {
            float sum = bias;
            for (int j = 0; j < taps; j++) sum += weights[j] * x[t + j];
            y[t] = sum;
        }
    }
}
