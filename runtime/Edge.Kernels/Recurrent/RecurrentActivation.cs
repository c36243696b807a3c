namespace Edge.Kernels.Recurrent;

/// <summary>The activations that ONNX gives to recurrent cells.</summary>
public enum RecurrentFunction : byte
{
    /// <summary>max(0, x)</summary>
    Relu,

    Tanh,

    /// <summary>1 / (1 + e⁻ˣ)</summary>
    Sigmoid,

    /// <summary>α·x + β</summary>
    Affine,

    /// <summary>x ≥ 0 ? x : α·x</summary>
    LeakyRelu,

    /// <summary>x &gt; α ? x : 0</summary>
    ThresholdedRelu,

    /// <summary>α·tanh(β·x)</summary>
    ScaledTanh,

    /// <summary>max(0, min(1, α·x + β))</summary>
    HardSigmoid,

    /// <summary>x ≥ 0 ? x : α·(eˣ − 1)</summary>
    Elu,

    /// <summary>x / (1 + |x|)</summary>
    Softsign,

    /// <summary>ln(1 + eˣ)</summary>
    Softplus,
}

/// <summary>An activation with its parameters; what they mean is said at <see cref="RecurrentFunction"/>.</summary>
public readonly record struct RecurrentActivation(RecurrentFunction Function, float Alpha = 0, float Beta = 0);
