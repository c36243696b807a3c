namespace Edge.Kernels.Emit;

/// <summary>A general register of x64, by its number.</summary>
internal enum X64Register
{
    Rax,
    Rcx,
    Rdx,
    Rbx,
    Rsp,
    Rbp,
    Rsi,
    Rdi,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,
}

/// <summary>A vector register, zmm0 to zmm31.</summary>
internal readonly record struct Zmm(int Number);

/// <summary>An operand in memory: <c>[Base + Index · Scale + Displacement]</c>.</summary>
/// <param name="Base">First register.</param>
/// <param name="Displacement">In bytes.</param>
/// <param name="Index">Second register, or null.</param>
/// <param name="Scale">1, 2, 4 or 8.</param>
internal readonly record struct X64Address(X64Register Base, int Displacement = 0, X64Register? Index = null, int Scale = 1);
