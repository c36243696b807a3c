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
        RecurrentFunction.Relu => Call(default(ReluF32), x),
        RecurrentFunction.Tanh => Call(default(TanhF32), x),
        RecurrentFunction.Sigmoid => Call(default(SigmoidF32), x),
        RecurrentFunction.Affine => Call(new AffineF32(activation.Alpha, activation.Beta), x),
        RecurrentFunction.LeakyRelu => Call(new LeakyReluF32(activation.Alpha), x),
        RecurrentFunction.ThresholdedRelu => Call(new ThresholdedReluF32(activation.Alpha), x),
        RecurrentFunction.ScaledTanh => Call(new ScaledTanhF32(activation.Alpha, activation.Beta), x),
        RecurrentFunction.HardSigmoid => Call(new HardSigmoidF32(activation.Alpha, activation.Beta), x),
        RecurrentFunction.Elu => Call(new EluF32(activation.Alpha), x),
        RecurrentFunction.Softsign => Call(default(SoftsignF32), x),
        _ => Call(default(SoftplusF32), x),
    };

    /// <summary>A method for each function, for the compiler inlines only so much into one.</summary>
    [MethodImpl(Compile.Alone)]
    private static V Call<F, V>(F function, V x) where F : struct, IUnaryF32 where V : unmanaged, IVectorF32<V> => function.Apply(x);
}
