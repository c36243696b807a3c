using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Edge.Devices;

namespace Edge.Imaging.Codecs;

/// <summary>Writes 8-bit grey or RGB as PNG. Each row is filtered with the filter that leaves the smallest sum of absolute values (section 12.7).</summary>
internal static class PngWriter
{
    public static void Encode(ImageView image, IBufferWriter<byte> output)
    {
        int channels = image.Format == PixelFormat.Gray8 ? 1 : 3;
        output.Write(ImageHeader.PngSignature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8;
        header[9] = (byte)(channels == 1 ? 0 : 2);
        header[10..].Clear();
        Chunk(output, "IHDR"u8, header);
        using var compressed = new MemoryStream();
        using (var deflater = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            Rows(image, channels, deflater);
        Chunk(output, "IDAT"u8, compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        Chunk(output, "IEND"u8, []);
    }

    private static void Rows(ImageView image, int channels, ZLibStream deflater)
    {
        int bytes = image.Width * channels;
        byte[] above = new byte[bytes];
        byte[] best = new byte[bytes + 1], trial = new byte[bytes + 1];
        for (int y = 0; y < image.Height; y++)
        {
            ReadOnlySpan<byte> row = image.Row(y);
            long least = long.MaxValue;
            for (byte filter = 0; filter <= 4; filter++)
            {
                long sum = Apply(filter, row, above, channels, trial);
                if (sum >= least) continue;
                least = sum;
                (best, trial) = (trial, best);
            }
            deflater.Write(best);
            row.CopyTo(above);
        }
    }

    /// <summary>The sum of the filtered bytes, taken as signed and made positive.</summary>
    private static long Apply(byte filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int distance, byte[] filtered)
    {
        filtered[0] = filter;
        Span<byte> output = filtered.AsSpan(1, row.Length);
        PngFilter.Do(filter, row, above, distance, output);
        long sum = 0;
        foreach (byte value in output) sum += Math.Abs((int)(sbyte)value);
        return sum;
    }

    private static void Chunk(IBufferWriter<byte> output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        output.Write(word);
        output.Write(type);
        output.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(word, Crc32.Of(type, data));
        output.Write(word);
    }
}
