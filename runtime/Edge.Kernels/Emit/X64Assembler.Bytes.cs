namespace Edge.Kernels.Emit;

/// <summary>Instructions that rearrange, pack and bound bytes and words, and those that take the mask k1.</summary>
internal sealed partial class X64Assembler
{

    /// <summary>Bits of EVEX's last byte: lanes outside k1 stay as they are, or become zero.</summary>
    private const byte KeepOutsideMask = 0x01, ZeroOutsideMask = 0x81;

    /// <summary><c>r = value</c>, the upper half being zero.</summary>
    public void Set(X64Register r, int value)
    {
        if (r >= X64Register.R8) Byte(0x41);
        Byte((byte)(0xB8 + ((int)r & 7)));
        Int32(value);
    }

    /// <summary>Sets the lowest <paramref name="lanes"/> of 16 bits of k1, by way of rax.</summary>
    public void SetMask(int lanes)
    {
        Set(X64Register.Rax, (1 << lanes) - 1);
        Bytes(0xC5, 0xF8, 0x92, 0xC8); // kmovw k1, eax
    }

    public void Move(Zmm to, Zmm from) => Evex(Map0F, None, 0x28, to, default, from);

    /// <summary>Lanes outside k1 become zero; what lies there is not read.</summary>
    public void LoadFloatsMasked(Zmm to, X64Address from) => Masked(ZeroOutsideMask, () => LoadFloats(to, from));

    /// <summary>Only lanes of k1 are written.</summary>
    public void StoreFloatsMasked(X64Address to, Zmm from) => Masked(KeepOutsideMask, () => StoreFloats(to, from));

    public void Scale(Zmm to, Zmm a, X64Address b) => Evex(Map0F, None, 0x59, to, a, b, Full);

    public void Xor(Zmm to, Zmm a, X64Address b) => Evex(Map0F, P66, 0xEF, to, a, b, Full);

    /// <summary>32 bytes to the front of a register, whose rest becomes zero.</summary>
    public void LoadHalf(Zmm to, X64Address from) => Evex(Map0F, None, 0x10, to, default, from, Half, Bits256);

    /// <summary>16 bytes in each quarter.</summary>
    public void BroadcastQuarter(Zmm to, X64Address from) => Evex(Map0F38, P66, 0x5A, to, default, from, Quarter);

    /// <summary><paramref name="a"/> with another quarter: 16 bytes of memory.</summary>
    public void InsertQuarter(Zmm to, Zmm a, X64Address from, int quarter)
    {
        Evex(Map0F3A, P66, 0x38, to, a, from, Quarter);
        Byte((byte)quarter);
    }

    /// <summary><paramref name="a"/> with another quarter: the lowest of <paramref name="from"/>.</summary>
    public void InsertQuarter(Zmm to, Zmm a, Zmm from, int quarter)
    {
        Evex(Map0F3A, P66, 0x38, to, a, from);
        Byte((byte)quarter);
    }

    /// <summary>VPERMD: lane n becomes lane <c>index[n]</c> of <paramref name="from"/>.</summary>
    public void PermuteInt32s(Zmm to, Zmm index, Zmm from) => Evex(Map0F38, P66, 0x36, to, index, from);

    /// <summary>VPSHUFB: byte n of each quarter becomes byte <c>index[n]</c> of that quarter.</summary>
    public void PermuteBytes(Zmm to, Zmm from, Zmm index) => Evex(Map0F38, P66, 0x00, to, from, index);

    /// <summary>VPERMB, of AVX512_VBMI: byte n becomes byte <c>index[n]</c> of 64.</summary>
    public void PermuteAllBytes(Zmm to, Zmm index, Zmm from) => Evex(Map0F38, P66, 0x8D, to, index, from);

    /// <inheritdoc cref="PermuteAllBytes(Zmm, Zmm, Zmm)"/>
    public void PermuteAllBytes(Zmm to, Zmm index, X64Address from) => Evex(Map0F38, P66, 0x8D, to, index, from, Full);

    /// <summary>VPERMT2B, of AVX512_VBMI: byte n becomes byte <c>index[n]</c> of 128, of which <paramref name="to"/> holds the lower ones.</summary>
    public void PermuteBytesOfTwo(Zmm to, Zmm index, X64Address upper) => Evex(Map0F38, P66, 0x7D, to, index, upper, Full);

    /// <summary>Bytes of the lower halves of quarters, in turn.</summary>
    public void InterleaveLowBytes(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0x60, to, a, b);

    /// <summary>Bytes of the upper halves of quarters, in turn.</summary>
    public void InterleaveHighBytes(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0x68, to, a, b);

    /// <summary>Words of the lower halves of quarters, in turn.</summary>
    public void InterleaveLowWords(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0x61, to, a, b);

    /// <summary>Words of the upper halves of quarters, in turn.</summary>
    public void InterleaveHighWords(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0x69, to, a, b);

    /// <summary>int32 to int16 with saturation: in each quarter four of <paramref name="a"/>, then four of <paramref name="b"/>.</summary>
    public void PackInt32s(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0x6B, to, a, b);

    /// <summary>int16 to int8 or uint8 with saturation, as <see cref="PackInt32s"/>.</summary>
    public void PackInt16s(Zmm to, Zmm a, Zmm b, bool signed) => Evex(Map0F, P66, signed ? (byte)0x63 : (byte)0x67, to, a, b);

    /// <summary>Sums of int16 with saturation.</summary>
    public void AddInt16sSaturating(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0xED, to, a, b);

    public void MaxBytes(Zmm to, Zmm a, Zmm b, bool signed) => Evex(signed ? Map0F38 : Map0F, P66, signed ? (byte)0x3C : (byte)0xDE, to, a, b);

    public void MinBytes(Zmm to, Zmm a, Zmm b, bool signed) => Evex(signed ? Map0F38 : Map0F, P66, signed ? (byte)0x38 : (byte)0xDA, to, a, b);

    private void Masked(byte bits, Action write)
    {
        int start = Position;
        write();
        _code[start + 3] |= bits;
    }
}
