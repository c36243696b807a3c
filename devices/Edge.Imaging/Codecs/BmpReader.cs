using System.Buffers.Binary;
using Edge.Devices;

namespace Edge.Imaging.Codecs;

/// <summary>
/// Windows bitmaps: BITMAPINFOHEADER and its successors, uncompressed (BI_RGB with 1, 4, 8, 24 or 32 bits, BI_BITFIELDS with
/// 32 bits whose masks are the usual ones), rows bottom up or top down.
/// </summary>
internal static class BmpReader
{
    private const int FileHeader = 14, Rgb = 0, BitFields = 3;

    public static ImageInfo ReadInfo(ReadOnlySpan<byte> bmp)
    {
        if (bmp.Length < FileHeader + 40) throw new ImageException("the BMP is cut off in its header");
        uint headerSize = BinaryPrimitives.ReadUInt32LittleEndian(bmp[14..]);
        if (headerSize is < 40 or > 124) throw new ImageException($"the BMP has a header of {headerSize} bytes; supported: 40 to 124");
        int width = BinaryPrimitives.ReadInt32LittleEndian(bmp[18..]);
        int height = BinaryPrimitives.ReadInt32LittleEndian(bmp[22..]);
        if (width <= 0 || height is 0 or int.MinValue) throw new ImageException($"the BMP claims {width}x{height} pixels");
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(bmp[28..]);
        uint compression = BinaryPrimitives.ReadUInt32LittleEndian(bmp[30..]);
        if (!(compression == Rgb && bits is 1 or 4 or 8 or 24 or 32) && !(compression == BitFields && bits == 32))
            throw new ImageException($"the BMP has {bits} bits a pixel in compression {compression}; supported: 1, 4, 8, 24, 32 bits uncompressed");
        return new ImageInfo(ImageKind.Bmp, width, Math.Abs(height), 3);
    }

    public static void Decode(ReadOnlySpan<byte> bmp, in ImageInfo info, PixelFormat format, Span<byte> pixels)
    {
        bool bottomUp = BinaryPrimitives.ReadInt32LittleEndian(bmp[22..]) > 0;
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(bmp[28..]);
        int stride = checked((int)(((long)info.Width * bits + 31) / 32 * 4));
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(bmp[10..]);
        // The last row may lack its padding.
        long need = (long)stride * (info.Height - 1) + ((long)info.Width * bits + 7) / 8;
        if (start > bmp.Length || bmp.Length - start < need) throw new ImageException("the BMP is truncated");
        CheckMasks(bmp, bits);
        ReadOnlySpan<byte> palette = bits <= 8 ? Palette(bmp, bits) : default;
        int outStride = format.PackedStride(info.Width);
        for (int y = 0; y < info.Height; y++)
        {
            ReadOnlySpan<byte> row = bmp[((int)start + (bottomUp ? info.Height - 1 - y : y) * stride)..];
            Span<byte> output = pixels.Slice(y * outStride, outStride);
            if (bits <= 8) Indexed(row, bits, palette, info.Width, format, output);
            else Direct(row, bits / 8, info.Width, format, output);
        }
    }

    private static void CheckMasks(ReadOnlySpan<byte> bmp, int bits)
    {
        if (bits != 32 || BinaryPrimitives.ReadUInt32LittleEndian(bmp[30..]) != BitFields) return;
        ReadOnlySpan<byte> usual = [0, 0, 0xFF, 0, 0, 0xFF, 0, 0, 0xFF, 0, 0, 0];
        if (bmp.Length < 66 || !bmp.Slice(54, 12).SequenceEqual(usual))
            throw new ImageException("the BMP has unusual colour masks; supported: 8 bits each in the order B, G, R");
    }

    /// <summary>B, G, R, 0 an entry, right behind the header.</summary>
    private static ReadOnlySpan<byte> Palette(ReadOnlySpan<byte> bmp, int bits)
    {
        uint headerSize = BinaryPrimitives.ReadUInt32LittleEndian(bmp[14..]);
        uint colors = BinaryPrimitives.ReadUInt32LittleEndian(bmp[46..]);
        if (colors == 0) colors = 1u << bits;
        if (colors > 256) throw new ImageException($"the BMP claims a palette of {colors} colours");
        int at = FileHeader + (int)headerSize;
        if (bmp.Length - at < colors * 4) throw new ImageException("the BMP is truncated in its palette");
        return bmp.Slice(at, (int)colors * 4);
    }

    private static void Indexed(ReadOnlySpan<byte> row, int bits, ReadOnlySpan<byte> palette, int width, PixelFormat format, Span<byte> output)
    {
        int mask = (1 << bits) - 1;
        for (int x = 0; x < width; x++)
        {
            int bit = x * bits;
            int index = (row[bit >> 3] >> (8 - bits - (bit & 7))) & mask;
            if (index * 4 >= palette.Length) throw new ImageException($"the BMP uses colour {index} of a palette of {palette.Length / 4}");
            Put(palette.Slice(index * 4, 3), x, format, output);
        }
    }

    private static void Direct(ReadOnlySpan<byte> row, int bytes, int width, PixelFormat format, Span<byte> output)
    {
        for (int x = 0; x < width; x++) Put(row.Slice(x * bytes, 3), x, format, output);
    }

    private static void Put(ReadOnlySpan<byte> bgr, int x, PixelFormat format, Span<byte> output)
    {
        if (format == PixelFormat.Gray8)
        {
            output[x] = ColorConversion.Luma(bgr[2], bgr[1], bgr[0]);
            return;
        }
        (output[3 * x], output[3 * x + 1], output[3 * x + 2]) = (bgr[2], bgr[1], bgr[0]);
    }
}
