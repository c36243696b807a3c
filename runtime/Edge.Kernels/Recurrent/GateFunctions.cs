using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Recurrent;

internal readonly struct AffineF32(float alpha, float beta) : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Light;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => x * V.Splat(alpha) + V.Splat(beta);
}

internal readonly struct ScaledTanhF32(float alpha, float beta) : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => VectorMath.Tanh(x * V.Splat(beta)) * V.Splat(alpha);
}

/// <summary>Whichever activation the model names, chosen vector by vector: for cells with others than the default ones.</summary>
internal readonly struct AnyGateF32(RecurrentActivation activation) : IUnaryF32
{
    public static nint Grain => Elementwise.Grain.Heavy;

    public V Apply<V>(V x) where V : unmanaged, IVectorF32<V> => activation.Function switch
    {
        RecurrentFunction.Relu => default(ReluF32).Apply(x),
        RecurrentFunction.Tanh => default(TanhF32).Apply(x),
        RecurrentFunction.Sigmoid => default(SigmoidF32).Apply(x),
        RecurrentFunction.Affine => new AffineF32(activation.Alpha, activation.Beta).Apply(x),
        RecurrentFunction.LeakyRelu => new LeakyReluF32(activation.Alpha).Apply(x),
        RecurrentFunction.ThresholdedRelu => new ThresholdedReluF32(activation.Alpha).Apply(x),
        RecurrentFunction.ScaledTanh => new ScaledTanhF32(activation.Alpha, activation.Beta).Apply(x),
        RecurrentFunction.HardSigmoid => new HardSigmoidF32(activation.Alpha, activation.Beta).Apply(x),
        RecurrentFunction.Elu => new EluF32(activation.Alpha).Apply(x),
        RecurrentFunction.Softsign => default(SoftsignF32).Apply(x),
        _ => default(SoftplusF32).Apply(x),
    };
}
