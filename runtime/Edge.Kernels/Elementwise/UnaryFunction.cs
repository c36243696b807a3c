namespace Edge.Kernels.Elementwise;

/// <summary>
/// A function of one number. α and β are parameters. NaN gives NaN unless the formula says otherwise, and a formula
/// that multiplies ∞ by 0 gives NaN.
/// </summary>
public enum UnaryFunction : byte
{
    /// <summary>0 &gt; x ? 0 : x; keeps −0.</summary>
    Relu,

    /// <summary>x ≥ 0 ? x : α·x</summary>
    LeakyRelu,

    /// <summary>min(max(x, α), β)</summary>
    Clip,

    /// <summary>1 / (1 + e⁻ˣ)</summary>
    Sigmoid,

    /// <summary>max(0, min(1, α·x + β))</summary>
    HardSigmoid,

    /// <summary>x · max(0, min(1, x/6 + 1/2)), x/6 by multiplication</summary>
    HardSwish,

    /// <summary>x · sigmoid(α·x); α = 1 is SiLU</summary>
    Swish,

    Tanh,

    /// <summary>x &gt; 0 ? x : α·(eˣ − 1)</summary>
    Elu,

    /// <summary>β · (x &gt; 0 ? x : α·(eˣ − 1))</summary>
    Selu,

    /// <summary>max(0, x) + min(0, α·(e^(x/α) − 1)), α &gt; 0</summary>
    Celu,

    /// <summary>ln(1 + eˣ)</summary>
    Softplus,

    /// <summary>x / (1 + |x|)</summary>
    Softsign,

    /// <summary>x &gt; α ? x : 0; NaN gives 0</summary>
    ThresholdedRelu,

    /// <summary>x · tanh(softplus(x))</summary>
    Mish,

    /// <summary>x/2 · (1 + erf(x/√2))</summary>
    Gelu,

    /// <summary>x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³))), computed as x · sigmoid(2·√(2/π)·(x + 0.044715·x³))</summary>
    GeluTanh,

    Erf,

    Exp,

    /// <summary>Natural logarithm.</summary>
    Log,

    Sqrt,

    /// <summary>1 / x</summary>
    Reciprocal,

    Abs,

    /// <summary>−x; also of zero and NaN</summary>
    Neg,

    /// <summary>−1, 0 or 1; NaN gives NaN</summary>
    Sign,

    Floor,

    Ceil,

    /// <summary>To the nearest integer, ties to even.</summary>
    Round,

    Sin,

    Cos,

    Tan,

    Asin,

    Acos,

    Atan,

    Sinh,

    Cosh,

    Asinh,

    Acosh,

    Atanh,

    /// <summary>x &lt; −α ? x + β : x &gt; α ? x − β : 0; NaN gives 0</summary>
    Shrink,

    /// <summary>Of bool.</summary>
    Not,

    /// <summary>Of integers: every bit inverted.</summary>
    BitNot,

    /// <summary>Gives bool.</summary>
    IsNaN,

    /// <summary>Gives bool: whether x is ∞, where α is not 0, or −∞, where β is not 0.</summary>
    IsInf,
}
