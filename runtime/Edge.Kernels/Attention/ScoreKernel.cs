using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Attention;

/// <summary>What becomes of a row of attention scores between the product of queries and keys and softmax. Immutable, free of locks.</summary>
public abstract unsafe class ScoreKernel
{
    /// <summary><c>x = x · scale</c>, and then, where <paramref name="softcap"/> is positive, <c>softcap · tanh(x / softcap)</c>.</summary>
    public abstract void Scale(float* x, nint n, float scale, float softcap);

    /// <summary><c>x += bias</c>, one number an element, or one for all where <paramref name="step"/> is 0.</summary>
    public abstract void Add(float* x, nint n, float* bias, nint step);

    /// <summary>Makes x −∞ wherever <paramref name="allowed"/> is 0; one byte an element, or one for all where <paramref name="step"/> is 0.</summary>
    public static void Mask(float* x, nint n, byte* allowed, nint step)
    {
        for (nint i = 0; i < n; i++)
            if (allowed[i * step] == 0) x[i] = float.NegativeInfinity;
    }
}

internal sealed unsafe class ScoreKernel<V> : ScoreKernel
    where V : unmanaged, IVectorF32<V>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Scale(float* x, nint n, float scale, float softcap)
    {
        V s = V.Splat(scale);
        nint i = 0;
        if (softcap > 0)
        {
            V cap = V.Splat(softcap);
            for (; i <= n - V.Count; i += V.Count) (cap * VectorMath.Tanh(V.Load(x + i) * s / cap)).Store(x + i);
            for (; i < n; i++) (VectorF32x1.Splat(softcap) * VectorMath.Tanh(VectorF32x1.Splat(x[i] * scale / softcap))).Store(x + i);
            return;
        }

        if (scale == 1) return;
        for (; i <= n - V.Count; i += V.Count) (V.Load(x + i) * s).Store(x + i);
        for (; i < n; i++) x[i] *= scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(float* x, nint n, float* bias, nint step)
    {
        nint i = 0;
        if (step == 0)
        {
            V b = V.Splat(*bias);
            for (; i <= n - V.Count; i += V.Count) (V.Load(x + i) + b).Store(x + i);
            for (; i < n; i++) x[i] += *bias;
            return;
        }

        for (; i <= n - V.Count; i += V.Count) (V.Load(x + i) + V.Load(bias + i)).Store(x + i);
        for (; i < n; i++) x[i] += bias[i];
    }
}
