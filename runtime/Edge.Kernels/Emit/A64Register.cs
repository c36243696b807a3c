namespace Edge.Kernels.Emit;

/// <summary>A general register of A64, by its number. X18 belongs to the platform and X19 and up to the caller, so code here does without.</summary>
internal enum A64Register
{
    X0,
    X1,
    X2,
    X3,
    X4,
    X5,
    X6,
    X7,
    X8,
    X9,
    X10,
    X11,
    X12,
    X13,
    X14,
    X15,
    X16,
    X17,

    /// <summary>As the base of an address and in additions of constants.</summary>
    Sp = 31,
}

/// <summary>A vector register, v0 to v31. Code that writes the lower halves of v8 to v15 restores them.</summary>
internal readonly record struct A64Vector(int Number);

/// <summary>What a jump looks at, by its number.</summary>
internal enum A64Condition
{
    Equal = 0,
    NotEqual = 1,
    NotNegative = 5,
    NotLess = 10,
    Greater = 12,
    NotGreater = 13,
}

/// <summary>A jump whose target is not known yet.</summary>
/// <param name="Position">Where it lies.</param>
/// <param name="Bits">Of its distance, counted in instructions.</param>
internal readonly record struct A64Jump(int Position, int Bits);
