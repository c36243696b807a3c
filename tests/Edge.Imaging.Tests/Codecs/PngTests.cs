using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using CsCheck;
using Edge.Devices;
using Edge.Imaging.Codecs;
using Xunit;

namespace Edge.Imaging.Tests.Codecs;

public sealed class PngTests
{
    [Fact]
    public void What_is_written_is_read_back_exactly() =>
        (from w in Gen.Int[1, 50] from h in Gen.Int[1, 50] from gray in Gen.Bool from noise in Gen.Bool select (w, h, gray, noise)).Sample(c =>
        {
            PixelFormat format = c.gray ? PixelFormat.Gray8 : PixelFormat.Rgb24;
            using Bitmap picture = c.noise ? Pictures.Noise(c.w, c.h, format) : Pictures.Scene(c.w, c.h, format);
            using Bitmap back = ImageCodec.Managed.Decode(JpegBytes.Encode(picture.View, ImageKind.Png), new DecodeOptions { Format = format });
            return back.Width == c.w && back.Height == c.h && back.Pixels.SequenceEqual(picture.Pixels);
        });

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 4)]
    [InlineData(0, 8)]
    [InlineData(0, 16)]
    [InlineData(2, 8)]
    [InlineData(2, 16)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(3, 4)]
    [InlineData(3, 8)]
    [InlineData(4, 8)]
    [InlineData(4, 16)]
    [InlineData(6, 8)]
    [InlineData(6, 16)]
    public void Every_colour_type_and_depth_is_read_interlaced_or_not(int type, int depth)
    {
        foreach (bool interlaced in (bool[])[false, true])
        {
            foreach (var (width, height) in ((int, int)[])[(1, 1), (3, 2), (5, 5), (8, 8), (13, 17)])
            {
                var made = HandmadePng.Make(width, height, type, depth, interlaced);
                using Bitmap read = ImageCodec.Managed.Decode(made.File);
                Assert.True(read.Pixels.SequenceEqual(made.Rgb), $"{width}x{height} interlaced {interlaced}");
            }
        }
    }

    [Fact]
    public void A_png_that_was_cut_short_anywhere_is_an_error()
    {
        using Bitmap picture = Pictures.Noise(20, 20, PixelFormat.Rgb24);
        byte[] png = JpegBytes.Encode(picture.View, ImageKind.Png);
        for (int length = 0; length < png.Length; length++)
        {
            byte[] cut = png[..length];
            Assert.Throws<ImageException>(() => ImageCodec.Managed.Decode(cut).Dispose());
        }
    }

    [Fact]
    public void Any_changed_byte_is_noticed_by_a_checksum()
    {
        using Bitmap picture = Pictures.Noise(9, 9, PixelFormat.Rgb24);
        byte[] png = JpegBytes.Encode(picture.View, ImageKind.Png);
        for (int at = 0; at < png.Length; at++)
        {
            byte[] damaged = (byte[])png.Clone();
            damaged[at] ^= 0x10;
            Assert.Throws<ImageException>(() => ImageCodec.Managed.Decode(damaged).Dispose());
        }
    }

    [Fact]
    public void Damage_behind_correct_checksums_is_decoded_or_refused_and_nothing_else()
    {
        var random = new Random(5);
        for (int i = 0; i < 3000; i++)
        {
            byte[] png = HandmadePng.Make(9, 7, (int[])[0, 2, 3, 4, 6] is var types ? types[random.Next(5)] : 0, 8, random.Next(2) == 1).File;
            for (int k = random.Next(1, 4); k > 0; k--) png[random.Next(8, png.Length)] = (byte)random.Next(256);
            HandmadePng.RepairChecksums(png);
            try
            {
                ImageCodec.Managed.Decode(png, new DecodeOptions { Limits = new ImageLimits(MaxPixels: 1 << 20) }).Dispose();
            }
            catch (ImageException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    [Fact]
    public void A_small_file_that_would_expand_to_a_gigabyte_is_read_only_as_far_as_its_header_says()
    {
        // Ten pixels by ten, followed by a hundred megabytes of compressed zeros.
        using var compressed = new MemoryStream();
        using (var deflater = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 100; i++) deflater.Write(zeros);
        }
        byte[] png = HandmadePng.Assemble(10, 10, 2, 8, false, null, compressed.ToArray());
        long before = GC.GetAllocatedBytesForCurrentThread();
        using Bitmap read = ImageCodec.Managed.Decode(png);
        Assert.Equal((10, 10), (read.Width, read.Height));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void An_index_beyond_the_palette_is_refused()
    {
        byte[] png = HandmadePng.Assemble(1, 1, 3, 8, false, [1, 2, 3], HandmadePng.Deflate([0, 5]));
        Assert.Equal("the PNG uses colour 5 of a palette of 1", Assert.Throws<ImageException>(() => ImageCodec.Managed.Decode(png)).Message);
    }

    [Fact]
    public void The_checksum_is_that_of_the_specification() => Assert.Equal(0xAE426082u, Crc32.Of("IEND"u8));
}

/// <summary>PNG files written from the specification, for kinds that the product does not write.</summary>
internal static class HandmadePng
{
    private static readonly (int X, int Y, int Dx, int Dy)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public static (byte[] File, byte[] Rgb) Make(int width, int height, int type, int depth, bool interlaced)
    {
        var random = new Random(width * 100 + height + depth);
        int channels = type switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        int max = (1 << depth) - 1;
        var samples = new int[width * height * channels];
        for (int i = 0; i < samples.Length; i++) samples[i] = random.Next(max + 1);
        byte[]? palette = null;
        if (type == 3)
        {
            palette = new byte[3 << depth];
            random.NextBytes(palette);
        }
        using var raw = new MemoryStream();
        foreach (var pass in interlaced ? Passes : [(0, 0, 1, 1)])
        {
            int columns = (width - pass.X + pass.Dx - 1) / pass.Dx;
            if (columns <= 0) continue;
            byte[] above = new byte[(columns * channels * depth + 7) / 8];
            for (int y = pass.Y; y < height; y += pass.Dy)
            {
                byte[] row = new byte[above.Length];
                for (int i = 0; i < columns * channels; i++)
                {
                    int sample = samples[(y * width + pass.X + i / channels * pass.Dx) * channels + i % channels];
                    if (depth == 16) BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(2 * i), (ushort)sample);
                    else row[i * depth / 8] |= (byte)(sample << (8 - depth - i * depth % 8));
                }
                byte filter = (byte)random.Next(5);
                raw.WriteByte(filter);
                raw.Write(Filter(filter, row, above, Math.Max(1, channels * depth / 8)));
                above = row;
            }
        }
        return (Assemble(width, height, type, depth, interlaced, palette, Deflate(raw.ToArray())), Rgb(samples, channels, type, depth, palette));
    }

    private static byte[] Filter(byte filter, byte[] row, byte[] above, int distance)
    {
        var result = new byte[row.Length];
        for (int i = 0; i < row.Length; i++)
        {
            int a = i >= distance ? row[i - distance] : 0, b = above[i], c = i >= distance ? above[i - distance] : 0;
            int p = a + b - c;
            int paeth = Math.Abs(p - a) <= Math.Abs(p - b) && Math.Abs(p - a) <= Math.Abs(p - c) ? a : Math.Abs(p - b) <= Math.Abs(p - c) ? b : c;
            result[i] = (byte)(row[i] - filter switch { 0 => 0, 1 => a, 2 => b, 3 => (a + b) / 2, _ => paeth });
        }
        return result;
    }

    private static byte[] Rgb(int[] samples, int channels, int type, int depth, byte[]? palette)
    {
        int pixels = samples.Length / channels, max = (1 << depth) - 1;
        var rgb = new byte[3 * pixels];
        for (int i = 0; i < pixels; i++)
        {
            for (int c = 0; c < 3; c++)
            {
                int sample = samples[i * channels + (channels >= 3 ? c : 0)];
                rgb[3 * i + c] = type == 3 ? palette![3 * sample + c] : depth == 16 ? (byte)(sample >> 8) : (byte)(sample * 255 / max);
            }
        }
        return rgb;
    }

    public static byte[] Assemble(int width, int height, int type, int depth, bool interlaced, byte[]? palette, byte[] compressed)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)type, (byte)(interlaced ? 1 : 0));
        Chunk(output, "IHDR", header);
        if (palette is not null) Chunk(output, "PLTE", palette);
        // In two pieces: compressed data may be cut anywhere.
        Chunk(output, "IDAT", compressed[..(compressed.Length / 2)]);
        Chunk(output, "IDAT", compressed[(compressed.Length / 2)..]);
        Chunk(output, "IEND", []);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Deflate(byte[] raw)
    {
        using var stream = new MemoryStream();
        using (var deflater = new ZLibStream(stream, CompressionLevel.Optimal, leaveOpen: true)) deflater.Write(raw);
        return stream.ToArray();
    }

    public static void RepairChecksums(byte[] png)
    {
        for (int at = 8; at + 12 <= png.Length;)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at));
            if (size > png.Length - at - 12) return;
            BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(at + 8 + (int)size), Crc32.Of(png.AsSpan(at + 4, 4 + (int)size)));
            at += 12 + (int)size;
        }
    }

    private static void Chunk(ArrayBufferWriter<byte> output, string type, byte[] data)
    {
        byte[] named = [.. System.Text.Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        output.Write(word);
        output.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(word, Crc32.Of(named));
        output.Write(word);
    }
}
