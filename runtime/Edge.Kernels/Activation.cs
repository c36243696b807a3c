namespace Edge.Kernels;

/// <summary>The function that an epilogue applies to each float32 result.</summary>
public enum ActivationKind : byte
{
    /// <summary>x</summary>
    None,

    /// <summary>max(x, 0)</summary>
    Relu,

    /// <summary>min(max(x, Alpha), Beta)</summary>
    Clip,

    /// <summary>x ≥ 0 ? x : Alpha · x</summary>
    LeakyRelu,

    /// <summary>1 / (1 + e⁻ˣ)</summary>
    Sigmoid,

    /// <summary>max(0, min(1, Alpha · x + Beta))</summary>
    HardSigmoid,

    /// <summary>x · max(0, min(1, x/6 + 1/2))</summary>
    HardSwish,

    /// <summary>x · sigmoid(x)</summary>
    Silu,

    /// <summary>tanh(x)</summary>
    Tanh,
}

/// <summary>An activation with its parameters; what they mean is said at <see cref="ActivationKind"/>.</summary>
public readonly record struct Activation(ActivationKind Kind, float Alpha = 0, float Beta = 0)
{
    public static Activation None => default;

    public static Activation Relu => new(ActivationKind.Relu);

    public static Activation Clip(float low, float high) => new(ActivationKind.Clip, low, high);
}
