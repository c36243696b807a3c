using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;
using Edge.Kernels.Reduction;

namespace Edge.Kernels.Attention;

/// <summary>What becomes of a row of attention scores between the product of queries and keys and softmax. Immutable, free of locks.</summary>
public abstract unsafe class ScoreKernel
{
    public abstract string Name { get; }

    /// <summary><c>x = x · scale</c>, and then, where <paramref name="softcap"/> is positive, <c>softcap · tanh(x / softcap)</c>.</summary>
    public abstract void Scale(float* x, nint n, float scale, float softcap);

    /// <summary><c>x += bias</c>, one number an element, or one for all where <paramref name="step"/> is 0.</summary>
    public abstract void Add(float* x, nint n, float* bias, nint step);

    /// <summary>
    /// <c>x = e^(x − max x)</c>; their sum, element i going to partial sum i mod 16 and these being added as a tree. A NaN, ∞,
    /// or nothing but −∞, makes the sum NaN.
    /// </summary>
    public abstract float Weigh(float* x, nint n);

    /// <summary><c>x = x / divisor</c>.</summary>
    public abstract void Divide(float* x, nint n, float divisor);

    /// <summary>Makes x −∞ wherever <paramref name="allowed"/> is 0; one byte an element, or one for all where <paramref name="step"/> is 0.</summary>
    public static void Mask(float* x, nint n, byte* allowed, nint step)
    {
        for (nint i = 0; i < n; i++)
            if (allowed[i * step] == 0) x[i] = float.NegativeInfinity;
    }
}

internal sealed unsafe class ScoreKernel<V>(string isa) : ScoreKernel
    where V : unmanaged, IVectorF32<V>
{
    public override string Name { get; } = $"scores_f32_{isa}";

    [MethodImpl(Compile.Alone)]
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

    [MethodImpl(Compile.Alone)]
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

    [MethodImpl(Compile.Alone)]
    public override float Weigh(float* x, nint n) => Exponentials.Sum<V>(x, x, n, Exponentials.Greatest<V>(x, n));

    [MethodImpl(Compile.Alone)]
    public override void Divide(float* x, nint n, float divisor)
    {
        V d = V.Splat(divisor);
        nint i = 0;
        for (; i <= n - V.Count; i += V.Count) (V.Load(x + i) / d).Store(x + i);
        for (; i < n; i++) x[i] /= divisor;
    }
}
