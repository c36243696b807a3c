namespace Edge.Imaging.Codecs;

/// <summary>The CRC of PNG chunks: polynomial 0xEDB88320, reflected, inverted at both ends (PNG specification, annex D).</summary>
internal static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    /// <param name="first">The chunk's type.</param>
    /// <param name="second">The chunk's data.</param>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default) => ~Update(Update(uint.MaxValue, first), second);

    /// <summary>Four bytes a step: entry <c>256·k + b</c> is the CRC of byte b followed by k zeros.</summary>
    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint[] t = Table;
        while (bytes.Length >= 4)
        {
            crc ^= (uint)(bytes[0] | bytes[1] << 8 | bytes[2] << 16 | bytes[3] << 24);
            crc = t[768 + (byte)crc] ^ t[512 + (byte)(crc >> 8)] ^ t[256 + (byte)(crc >> 16)] ^ t[crc >> 24];
            bytes = bytes[4..];
        }
        foreach (byte b in bytes) crc = crc >> 8 ^ t[(byte)(crc ^ b)];
        return crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[1024];
        for (uint i = 0; i < 256; i++)
        {
            uint c = i;
            for (int k = 0; k < 8; k++) c = (c & 1) != 0 ? 0xEDB88320 ^ c >> 1 : c >> 1;
            table[i] = c;
        }
        for (int i = 256; i < 1024; i++) table[i] = table[i - 256] >> 8 ^ table[(byte)table[i - 256]];
        return table;
    }
}
