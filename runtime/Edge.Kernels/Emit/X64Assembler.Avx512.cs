namespace Edge.Kernels.Emit;

/// <summary>Instructions on 512-bit registers, all in EVEX encoding. Where they may be masked, k1 says which elements are written.</summary>
internal sealed partial class X64Assembler
{
    // Opcode maps and mandatory prefixes, as EVEX has them.
    private const int Map0F = 1, Map0F38 = 2, Map0F3A = 3;
    private const int None = 0, P66 = 1, PF3 = 2, PF2 = 3;

    /// <summary>Bytes of a whole register, of one lane, and of a quarter register: what EVEX scales displacements by.</summary>
    private const int Full = 64, Lane = 4, Half = 32, Quarter = 16;

    /// <summary>The length of vectors, where EVEX has it.</summary>
    private const int Bits512 = 0x40, Bits256 = 0x20, Bits128 = 0;

    public void LoadInt32s(Zmm to, X64Address from) => Evex(Map0F, PF3, 0x6F, to, default, from, Full);

    public void StoreInt32s(X64Address to, Zmm from, bool masked = false) => Evex(Map0F, PF3, 0x7F, from, default, to, Full, masked: masked);

    public void LoadFloats(Zmm to, X64Address from) => Evex(Map0F, None, 0x10, to, default, from, Full);

    public void StoreFloats(X64Address to, Zmm from, bool masked = false) => Evex(Map0F, None, 0x11, from, default, to, Full, masked: masked);

    /// <summary>One int32 in every lane.</summary>
    public void BroadcastInt32(Zmm to, X64Address from) => Evex(Map0F38, P66, 0x58, to, default, from, Lane);

    /// <summary>A constant in every lane, by way of a general register.</summary>
    public void BroadcastConstant(Zmm to, int value, X64Register scratch)
    {
        // mov r32, imm32; vpbroadcastd zmm, r32
        if (scratch >= X64Register.R8) Byte(0x41);
        Byte((byte)(0xB8 + ((int)scratch & 7)));
        Int32(value);
        Evex(Map0F38, P66, 0x7C, to, default, new Zmm((int)scratch));
    }

    /// <summary>One float32 in every lane.</summary>
    public void BroadcastFloat(Zmm to, X64Address from) => Evex(Map0F38, P66, 0x18, to, default, from, Lane);

    /// <summary>VPDPBUSD: each lane gains the dot product of four uint8 of <paramref name="unsigned"/> with four int8.</summary>
    public void DotProduct(Zmm acc, Zmm unsigned, Zmm signed) => Evex(Map0F38, P66, 0x50, acc, unsigned, signed);

    public void DotProduct(Zmm acc, Zmm unsigned, X64Address signed) => Evex(Map0F38, P66, 0x50, acc, unsigned, signed, Full);

    /// <summary>VFMADD231PS: <c>acc += a · b</c>, rounded once.</summary>
    public void MultiplyAdd(Zmm acc, Zmm a, Zmm b) => Evex(Map0F38, P66, 0xB8, acc, a, b);

    public void MultiplyAdd(Zmm acc, Zmm a, X64Address b) => Evex(Map0F38, P66, 0xB8, acc, a, b, Full);

    public void Xor(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0xEF, to, a, b);

    public void AddInt32s(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0xFE, to, a, b);

    public void AddFloats(Zmm to, Zmm a, Zmm b) => Evex(Map0F, None, 0x58, to, a, b);

    public void AddFloats(Zmm to, Zmm a, X64Address b, bool masked = false) => Evex(Map0F, None, 0x58, to, a, b, Full, masked: masked);

    public void Multiply(Zmm to, Zmm a, Zmm b) => Evex(Map0F, None, 0x59, to, a, b);

    /// <summary>VPMULLD: the low halves of products of int32.</summary>
    public void MultiplyInt32s(Zmm to, Zmm a, X64Address b) => Evex(Map0F38, P66, 0x40, to, a, b, Full);

    public void SubtractInt32s(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0xFA, to, a, b);

    /// <summary>The second operand where either is NaN or both are zero.</summary>
    public void Max(Zmm to, Zmm a, Zmm b) => Evex(Map0F, None, 0x5F, to, a, b);

    /// <summary>As <see cref="Max"/>.</summary>
    public void Min(Zmm to, Zmm a, Zmm b) => Evex(Map0F, None, 0x5D, to, a, b);

    public void ToFloats(Zmm to, Zmm from) => Evex(Map0F, None, 0x5B, to, default, from);

    /// <summary>Rounds half to even, as MXCSR stands.</summary>
    public void ToInt32s(Zmm to, Zmm from) => Evex(Map0F, P66, 0x5B, to, default, from);

    /// <summary>VPMOVDB: the low byte of each lane.</summary>
    public void StoreLowBytes(X64Address to, Zmm from, bool masked = false) => Evex(Map0F38, PF3, 0x31, from, default, to, Quarter, masked: masked);

    /// <summary>Clears what lies above the lower halves of registers, which legacy code would have to carry along.</summary>
    public void ZeroUpper() => Bytes(0xC5, 0xF8, 0x77);

    private void Evex(int map, int prefix, byte opcode, Zmm register, Zmm second, Zmm third, bool wide = false)
    {
        Prefix(map, prefix, register, second, (third.Number >> 3) & 1, (third.Number >> 4) & 1, Bits512, wide);
        Byte(opcode);
        Byte((byte)(0xC0 | ((register.Number & 7) << 3) | (third.Number & 7)));
    }

    private void Evex(int map, int prefix, byte opcode, Zmm register, Zmm second, X64Address memory, int scale, int length = Bits512, bool wide = false, bool masked = false)
    {
        Prefix(map, prefix, register, second, (int)memory.Base >> 3, memory.Index is { } i ? (int)i >> 3 : 0, length, wide, masked);
        Byte(opcode);
        Memory(register.Number, memory, scale);
    }

    /// <summary>The four bytes of EVEX; register bits are stored inverted.</summary>
    private void Prefix(int map, int prefix, Zmm register, Zmm second, int b, int x, int length, bool wide = false, bool masked = false)
    {
        int r = register.Number, v = second.Number;
        Byte(0x62);
        Byte((byte)(Not(r >> 3) << 7 | Not(x) << 6 | Not(b) << 5 | Not(r >> 4) << 4 | map));
        Byte((byte)((wide ? 0x80 : 0) | (~v & 15) << 3 | 4 | prefix));
        Byte((byte)(length | Not(v >> 4) << 3 | (masked ? 1 : 0)));

        static int Not(int bit) => ~bit & 1;
    }
}
