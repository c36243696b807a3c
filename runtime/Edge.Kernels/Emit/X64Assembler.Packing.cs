namespace Edge.Kernels.Emit;

/// <summary>Instructions that narrow lanes and store parts of 512-bit registers.</summary>
internal sealed partial class X64Assembler
{
    /// <summary>VPACKSSDW: in each 128 bits, four int32 of <paramref name="a"/>, then four of <paramref name="b"/>, saturated to int16.</summary>
    public void PackToWords(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0x6B, to, a, b);

    /// <summary>VPACKUSWB: in each 128 bits, eight int16 of <paramref name="a"/>, then eight of <paramref name="b"/>, saturated to uint8.</summary>
    public void PackToBytes(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0x67, to, a, b);

    /// <summary>VPADDSW: int16, saturating.</summary>
    public void AddWords(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0xED, to, a, b);

    /// <summary>VPMAXUB.</summary>
    public void MaxBytes(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0xDE, to, a, b);

    /// <summary>VPMINUB.</summary>
    public void MinBytes(Zmm to, Zmm a, Zmm b) => Evex(Map0F, P66, 0xDA, to, a, b);

    /// <summary>VPERMD: lane n is the lane of <paramref name="from"/> that lane n of <paramref name="indices"/> names.</summary>
    public void Permute(Zmm to, Zmm indices, Zmm from) => Evex(Map0F38, P66, 0x36, to, indices, from);

    /// <summary>VPMOVZXBD: 16 bytes to 16 lanes.</summary>
    public void LoadBytesAsInt32s(Zmm to, X64Address from) => Evex(Map0F38, P66, 0x31, to, default, from, Quarter);

    /// <summary>One byte in all of them.</summary>
    public void BroadcastByte(Zmm to, X64Address from) => Evex(Map0F38, P66, 0x78, to, default, from, 1);

    /// <summary>One 16-bit number in all of them.</summary>
    public void BroadcastWord(Zmm to, X64Address from) => Evex(Map0F38, P66, 0x79, to, default, from, 2);

    /// <summary>Stores half <paramref name="half"/> of a register: 32 bytes.</summary>
    public void StoreHalf(X64Address to, Zmm from, int half)
    {
        if (half == 0)
        {
            Evex(Map0F, None, 0x11, from, default, to, Half, Bits256);
            return;
        }

        // vextracti64x4
        Evex(Map0F3A, P66, 0x3B, from, default, to, Half, wide: true);
        _code.Add(1);
    }

    /// <summary>Stores quarter <paramref name="quarter"/> of a register: 16 bytes.</summary>
    public void StoreQuarter(X64Address to, Zmm from, int quarter)
    {
        if (quarter == 0)
        {
            Evex(Map0F, None, 0x11, from, default, to, Quarter, Bits128);
            return;
        }

        // vextracti32x4
        Evex(Map0F3A, P66, 0x39, from, default, to, Quarter);
        _code.Add((byte)quarter);
    }
}
