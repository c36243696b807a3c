namespace Edge.Kernels.Emit;

/// <summary>Instructions that narrow lanes and store parts of 512-bit registers.</summary>
internal sealed partial class X64Assembler
{
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
        Byte(1);
    }

    /// <summary>Stores those of the first 32 bytes of a register that k1 says.</summary>
    public void StoreMaskedHalf(X64Address to, Zmm from) => Evex(Map0F, PF2, 0x7F, from, default, to, Half, Bits256, masked: true);

    /// <summary>Moves half <paramref name="half"/> of a register to the front of another.</summary>
    public void ExtractHalf(Zmm to, Zmm from, int half)
    {
        Evex(Map0F3A, P66, 0x3B, from, default, to, wide: true);
        Byte((byte)half);
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
        Byte((byte)quarter);
    }

    /// <summary>Stores those of the first 16 bytes of a register that k1 says.</summary>
    public void StoreMaskedQuarter(X64Address to, Zmm from) => Evex(Map0F, PF2, 0x7F, from, default, to, Quarter, Bits128, masked: true);

    /// <summary>Moves quarter <paramref name="quarter"/> of a register to the front of another.</summary>
    public void ExtractQuarter(Zmm to, Zmm from, int quarter)
    {
        Evex(Map0F3A, P66, 0x39, from, default, to);
        Byte((byte)quarter);
    }

    /// <summary>KMOVW: the mask k1, of 16 elements.</summary>
    public void LoadMask16(X64Address from) => LoadMask(0x78, from);

    /// <summary>KMOVD: the mask k1, of 32 elements.</summary>
    public void LoadMask32(X64Address from) => LoadMask(0xF9, from);

    /// <summary>VEX with three bytes, the last of which is <paramref name="prefix"/>: W, no second register, L0, mandatory prefix.</summary>
    private void LoadMask(byte prefix, X64Address from)
    {
        int x = from.Index is { } i ? (int)i >> 3 : 0, b = (int)from.Base >> 3;
        Bytes(0xC4, (byte)(0x80 | (x ^ 1) << 6 | (b ^ 1) << 5 | Map0F), prefix, 0x90);
        Memory(1, from, 1);
    }
}
