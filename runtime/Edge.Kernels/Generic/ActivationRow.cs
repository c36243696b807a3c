using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Generic;

/// <summary>
/// Activations that are more than a clamp, applied in place to results while they are in the cache, with the formulas of
/// the elementwise routines, or the same ones rounded less often.
/// </summary>
internal static unsafe class ActivationRow<V> where V : unmanaged, IVectorF32<V>
{
    /// <summary>Applies <paramref name="activation"/> to <paramref name="rows"/> rows of <paramref name="count"/> numbers, <paramref name="stride"/> apart.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is unknown.</exception>
    public static void Apply(in Activation activation, float* p, nint count, nint rows, nint stride)
    {
        switch (activation.Kind)
        {
            case ActivationKind.None: break;
            case ActivationKind.Relu: Map(default(ReluF32), p, count, rows, stride); break;
            case ActivationKind.Clip: Map(new ClipF32(activation.Alpha, activation.Beta), p, count, rows, stride); break;
            case ActivationKind.LeakyRelu: Map(new LeakyReluF32(activation.Alpha), p, count, rows, stride); break;
            case ActivationKind.Sigmoid: Map(default(SigmoidOfSum), p, count, rows, stride); break;
            case ActivationKind.HardSigmoid: Map(new HardSigmoidF32(activation.Alpha, activation.Beta), p, count, rows, stride); break;
            case ActivationKind.HardSwish: Map(default(HardSwishF32), p, count, rows, stride); break;
            case ActivationKind.Silu: Map(default(SiluOfSum), p, count, rows, stride); break;
            case ActivationKind.Tanh: Map(default(TanhF32), p, count, rows, stride); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), $"activation {activation.Kind} is not defined");
        }
    }

    [MethodImpl(Compile.Alone)]
    private static void Map<TOp>(TOp op, float* p, nint count, nint rows, nint stride) where TOp : struct, IUnaryF32
    {
        for (; rows > 0; rows--, p += stride)
        {
            nint i = 0;
            for (; i <= count - V.Count; i += V.Count) op.Apply(V.Load(p + i)).Store(p + i);
            if (i < count) op.Apply(V.LoadFirst(p + i, (int)(count - i))).StoreFirst(p + i, (int)(count - i));
        }
    }
}
