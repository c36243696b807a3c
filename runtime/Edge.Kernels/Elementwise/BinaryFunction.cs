namespace Edge.Kernels.Elementwise;

/// <summary>
/// A function of two numbers of one type. Integers wrap. The result has the operands' type, except that comparisons
/// give bool.
/// </summary>
public enum BinaryFunction : byte
{
    Add,
    Sub,
    Mul,

    /// <summary>Integers are truncated toward zero; an integer divided by 0 is 0.</summary>
    Div,

    /// <summary>a &gt; b ? a : b, NaN if either is NaN.</summary>
    Max,

    /// <summary>a &lt; b ? a : b, NaN if either is NaN.</summary>
    Min,

    /// <summary>aᵇ as IEEE 754 defines pow; see <see cref="Power"/>.</summary>
    Pow,

    /// <summary>Integers only: the remainder with the sign of the divisor; 0 for a divisor of 0.</summary>
    Mod,

    /// <summary>The remainder with the sign of the dividend; for integers 0 for a divisor of 0.</summary>
    FMod,

    /// <summary>a ≥ 0 ? a : b·a</summary>
    PRelu,

    /// <summary>Of integers, bit by bit.</summary>
    BitAnd,

    /// <summary>Of integers, bit by bit.</summary>
    BitOr,

    /// <summary>Of integers, bit by bit.</summary>
    BitXor,

    /// <summary>Of unsigned integers: a·2ᵇ, of which the low bits are kept.</summary>
    ShiftLeft,

    /// <summary>Of unsigned integers: a / 2ᵇ, truncated.</summary>
    ShiftRight,

    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,

    /// <summary>Of bool.</summary>
    And,

    /// <summary>Of bool.</summary>
    Or,

    /// <summary>Of bool.</summary>
    Xor,
}
