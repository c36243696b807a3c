using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Attention;

/// <summary>Rotation of pairs of float32 elements: what rotary position embedding comes to. Immutable, free of locks.</summary>
public abstract unsafe class RotaryKernel
{
    public abstract string Name { get; }

    /// <summary>
    /// <c>(y₁, y₂) = (x₁ · cos − x₂ · sin, x₁ · sin + x₂ · cos)</c> for <paramref name="pairs"/> pairs, whose elements are
    /// neighbours if <paramref name="interleaved"/>, else <paramref name="pairs"/> apart. <paramref name="y"/> may be <paramref name="x"/>.
    /// </summary>
    public abstract void Run(float* x, float* y, float* cos, float* sin, nint pairs, bool interleaved);
}

internal sealed unsafe class RotaryKernel<V>(string isa) : RotaryKernel
    where V : unmanaged, IVectorF32<V>
{
    public override string Name { get; } = $"rotary_f32_{isa}";

    public override void Run(float* x, float* y, float* cos, float* sin, nint pairs, bool interleaved)
    {
        if (interleaved) Neighbours(x, y, cos, sin, pairs);
        else Halves(x, y, cos, sin, pairs);
    }

    [MethodImpl(Compile.Alone)]
    private static void Halves(float* x, float* y, float* cos, float* sin, nint n)
    {
        nint i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            V a = V.Load(x + i), b = V.Load(x + n + i), c = V.Load(cos + i), s = V.Load(sin + i);
            (a * c - b * s).Store(y + i);
            (a * s + b * c).Store(y + n + i);
        }

        for (; i < n; i++)
        {
            float a = x[i], b = x[n + i];
            y[i] = a * cos[i] - b * sin[i];
            y[n + i] = a * sin[i] + b * cos[i];
        }
    }

    [MethodImpl(Compile.Alone)]
    private static void Neighbours(float* x, float* y, float* cos, float* sin, nint n)
    {
        for (nint i = 0; i < n; i++)
        {
            float a = x[2 * i], b = x[2 * i + 1];
            y[2 * i] = a * cos[i] - b * sin[i];
            y[2 * i + 1] = a * sin[i] + b * cos[i];
        }
    }
}
