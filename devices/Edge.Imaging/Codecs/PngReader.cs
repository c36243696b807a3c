using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Edge.Devices;

namespace Edge.Imaging.Codecs;

/// <summary>
/// PNG (W3C recommendation, third edition): every colour type and bit depth, interlaced or not. Of 16 bits the upper eight are
/// taken; alpha and ancillary chunks are ignored. Rows are inflated one at a time, and no more of them than the header
/// announces, so that a small file cannot expand without bound.
/// </summary>
internal static class PngReader
{
    // Adam7: first column, first row, column step, row step of each pass.
    private static readonly (int X, int Y, int Dx, int Dy)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public static void Decode(ReadOnlySpan<byte> png, in ImageInfo info, PixelFormat format, Span<byte> pixels)
    {
        PngRow layout = PngRow.Read(png[16..]);
        byte[] idat = ArrayPool<byte>.Shared.Rent(png.Length);
        int lineBytes = layout.Bytes(info.Width);
        byte[] lines = ArrayPool<byte>.Shared.Rent(checked(2 * (lineBytes + 1)));
        try
        {
            int length = Collect(png, idat, ref layout);
            using var inflater = new ZLibStream(new MemoryStream(idat, 0, length, writable: false), CompressionMode.Decompress);
            if (!layout.Interlaced)
            {
                ReadPass(inflater, layout, (0, 0, 1, 1), info, format, pixels, lines);
                return;
            }
            foreach (var pass in Adam7) ReadPass(inflater, layout, pass, info, format, pixels, lines);
        }
        catch (EndOfStreamException e)
        {
            throw new ImageException("the PNG is truncated: rows are missing", e);
        }
        catch (InvalidDataException e)
        {
            throw new ImageException("the PNG is damaged: its compressed data does not inflate", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(idat);
            ArrayPool<byte>.Shared.Return(lines);
        }
    }

    /// <summary>Joins the IDAT chunks and keeps the palette. Chunk checksums are verified.</summary>
    /// <returns>Bytes of compressed data.</returns>
    private static int Collect(ReadOnlySpan<byte> png, byte[] idat, ref PngRow layout)
    {
        int length = 0;
        for (ReadOnlySpan<byte> rest = png[8..]; ;)
        {
            if (rest.Length < 12) throw new ImageException("the PNG is truncated: its end chunk is missing");
            uint size = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (size > rest.Length - 12) throw new ImageException("the PNG is truncated: a chunk is cut off");
            ReadOnlySpan<byte> type = rest.Slice(4, 4), data = rest.Slice(8, (int)size);
            if (BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)size)..]) != Crc32.Of(type, data))
                throw new ImageException($"the PNG is damaged: wrong checksum of chunk {System.Text.Encoding.Latin1.GetString(type)}");
            rest = rest[(12 + (int)size)..];
            if (type.SequenceEqual("IDAT"u8))
            {
                data.CopyTo(idat.AsSpan(length));
                length += data.Length;
            }
            else if (type.SequenceEqual("PLTE"u8)) layout = layout with { Palette = data.ToArray() };
            else if (type.SequenceEqual("IEND"u8)) return length;
        }
    }

    private static void ReadPass(
        ZLibStream inflater, in PngRow layout, (int X, int Y, int Dx, int Dy) pass, in ImageInfo info, PixelFormat format, Span<byte> pixels, byte[] lines)
    {
        int width = (info.Width - pass.X + pass.Dx - 1) / pass.Dx;
        if (width <= 0) return;
        int bytes = layout.Bytes(width);
        Span<byte> previous = lines.AsSpan(0, bytes + 1), current = lines.AsSpan(bytes + 1, bytes + 1);
        previous.Clear();
        int stride = format.PackedStride(info.Width);
        for (int y = pass.Y; y < info.Height; y += pass.Dy)
        {
            inflater.ReadExactly(current);
            PngFilter.Undo(current[0], current[1..], previous[1..], layout.FilterDistance);
            layout.Expand(current[1..], width, pass.X, pass.Dx, format, pixels.Slice(y * stride, stride));
            Span<byte> swap = previous;
            previous = current;
            current = swap;
        }
    }
}
