namespace Edge.Kernels.Isa;

/// <summary>The formula of every <see cref="ActivationKind"/>, one value at a time: what vector epilogues are held to.</summary>
internal static class ScalarActivation
{
    public static float Apply(in Activation a, float x) => a.Kind switch
    {
        ActivationKind.None => x,
        ActivationKind.Relu => MathF.Max(x, 0),
        ActivationKind.Clip => MathF.Min(MathF.Max(x, a.Alpha), a.Beta),
        ActivationKind.LeakyRelu => x >= 0 ? x : a.Alpha * x,
        ActivationKind.Sigmoid => Sigmoid(x),
        ActivationKind.HardSigmoid => Saturate(a.Alpha * x + a.Beta),
        ActivationKind.HardSwish => x * Saturate(x * (1f / 6) + 0.5f),
        ActivationKind.Silu => x * Sigmoid(x),
        ActivationKind.Tanh => MathF.Tanh(x),
        _ => throw new ArgumentOutOfRangeException(nameof(a), $"activation {a.Kind} is not defined"),
    };

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    private static float Saturate(float x) => MathF.Max(0, MathF.Min(1, x));
}
