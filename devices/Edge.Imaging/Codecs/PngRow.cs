using Edge.Devices;

namespace Edge.Imaging.Codecs;

/// <summary>How the samples of a PNG lie in a row, and how they become pixels.</summary>
/// <param name="Depth">Bits a sample: 1, 2, 4, 8, 16.</param>
/// <param name="Channels">Samples a pixel.</param>
/// <param name="Indexed">Samples are indices into <paramref name="Palette"/>.</param>
/// <param name="Interlaced">Rows come in Adam7's seven passes.</param>
/// <param name="Palette">R, G, B an entry.</param>
internal readonly record struct PngRow(int Depth, int Channels, bool Indexed, bool Interlaced, byte[] Palette)
{
    /// <summary>Bytes from a pixel to its left neighbour, as the row filters count; at least 1.</summary>
    public int FilterDistance => Math.Max(1, Depth * Channels / 8);

    /// <param name="ihdr">The data of the IHDR chunk.</param>
    public static PngRow Read(ReadOnlySpan<byte> ihdr)
    {
        int depth = ihdr[8], type = ihdr[9];
        bool valid = type switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!valid) throw new ImageException($"the PNG is damaged: colour type {type} with {depth} bits");
        if (ihdr[10] != 0 || ihdr[11] != 0 || ihdr[12] > 1)
            throw new ImageException($"the PNG is damaged: compression {ihdr[10]}, filter {ihdr[11]}, interlace {ihdr[12]}");
        return new PngRow(depth, type switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 }, type == 3, ihdr[12] == 1, []);
    }

    public int Bytes(int width) => checked((int)(((long)width * Depth * Channels + 7) / 8));

    /// <summary>Writes <paramref name="count"/> pixels to columns x, x + dx, … of <paramref name="output"/>.</summary>
    public void Expand(ReadOnlySpan<byte> row, int count, int x, int dx, PixelFormat format, Span<byte> output)
    {
        if (dx == 1 && Depth == 8 && !Indexed && Channels == (format == PixelFormat.Gray8 ? 1 : 3))
        {
            row.CopyTo(output);
            return;
        }
        for (int i = 0; i < count; i++, x += dx)
        {
            (byte r, byte g, byte b) = Pixel(row, i);
            if (format == PixelFormat.Gray8) output[x] = Channels <= 2 && !Indexed ? r : ColorConversion.Luma(r, g, b);
            else (output[3 * x], output[3 * x + 1], output[3 * x + 2]) = (r, g, b);
        }
    }

    private (byte R, byte G, byte B) Pixel(ReadOnlySpan<byte> row, int i)
    {
        if (Depth < 8) return Narrow(row, i);
        int bytes = Depth / 8;
        int at = i * Channels * bytes;
        if (Indexed) return Entry(row[at]);
        return Channels <= 2 ? (row[at], row[at], row[at]) : (row[at], row[at + bytes], row[at + 2 * bytes]);
    }

    private (byte R, byte G, byte B) Narrow(ReadOnlySpan<byte> row, int i)
    {
        int bit = i * Depth, max = (1 << Depth) - 1;
        int sample = (row[bit >> 3] >> (8 - Depth - (bit & 7))) & max;
        if (Indexed) return Entry(sample);
        byte gray = (byte)(sample * 255 / max);
        return (gray, gray, gray);
    }

    private (byte R, byte G, byte B) Entry(int index)
    {
        if (3 * index + 2 >= Palette.Length) throw new ImageException($"the PNG uses colour {index} of a palette of {Palette.Length / 3}");
        return (Palette[3 * index], Palette[3 * index + 1], Palette[3 * index + 2]);
    }
}
