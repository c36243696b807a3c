using System.Buffers.Binary;
using Edge.Devices;
using Edge.Testing;
using Xunit;

namespace Edge.Imaging.Tests.Codecs;

public sealed class BmpTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(24)]
    [InlineData(32)]
    public void Every_supported_depth_is_read_from_both_ends(int bits)
    {
        foreach (bool bottomUp in (bool[])[true, false])
        {
            var (file, rgb) = Make(7, 5, bits, bottomUp);
            using Bitmap read = ImageCodec.Managed.Decode(file);
            Assert.Equal((7, 5), (read.Width, read.Height));
            Assert.True(read.Pixels.SequenceEqual(rgb));
        }
    }

    [Fact]
    public void A_bmp_that_was_cut_short_anywhere_is_an_error()
    {
        byte[] file = Make(7, 5, 24, true).File;
        // The padding of the last row is not needed.
        for (int length = 0; length < file.Length - 3; length++)
        {
            byte[] cut = file[..length];
            Assert.Throws<ImageException>(() => ImageCodec.Managed.Decode(cut).Dispose());
        }
    }

    [Fact]
    public void Any_damage_is_decoded_or_refused_and_nothing_else()
    {
        var random = new Random(3);
        int[] depths = [1, 4, 8, 24, 32];
        for (int i = 0; i < 5000; i++)
        {
            byte[] file = Make(7, 5, depths[i % 5], true).File;
            for (int k = random.Next(1, 4); k > 0; k--) file[random.Next(2, 70)] = (byte)random.Next(256);
            try
            {
                ImageCodec.Managed.Decode(file, new DecodeOptions { Limits = new ImageLimits(MaxPixels: 1 << 20) }).Dispose();
            }
            catch (ImageException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    [Fact]
    public void Compressed_kinds_are_refused_by_name()
    {
        byte[] file = Make(7, 5, 8, true).File;
        file[30] = 1;
        Assert.Equal(
            "the BMP has 8 bits a pixel in compression 1; supported: 1, 4, 8, 24, 32 bits uncompressed",
            Assert.Throws<ImageException>(() => ImageCodec.Managed.Decode(file)).Message);
    }

    [Fact]
    public void A_real_bmp_is_read()
    {
        using Bitmap bird = ImageCodec.Managed.Load(SharedData.Require("images/coral_samples/bird_segmentation.bmp"));
        Assert.Equal(PixelFormat.Rgb24, bird.Format);
        Assert.True(bird.Width > 100);
    }

    private static (byte[] File, byte[] Rgb) Make(int width, int height, int bits, bool bottomUp)
    {
        var random = new Random(bits);
        int colors = bits <= 8 ? 1 << bits : 0, stride = (width * bits + 31) / 32 * 4, start = 54 + 4 * colors;
        byte[] file = new byte[start + stride * height];
        "BM"u8.CopyTo(file);
        Put(2, file.Length);
        Put(10, start);
        Put(14, 40);
        Put(18, width);
        Put(22, bottomUp ? height : -height);
        file[26] = 1;
        file[28] = (byte)bits;
        random.NextBytes(file.AsSpan(54));
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++)
        {
            int row = start + (bottomUp ? height - 1 - y : y) * stride;
            for (int x = 0; x < width; x++)
            {
                int at = bits > 8
                    ? row + x * bits / 8
                    : 54 + 4 * ((file[row + x * bits / 8] >> (8 - bits - x * bits % 8)) & (colors - 1));
                for (int c = 0; c < 3; c++) rgb[3 * (y * width + x) + c] = file[at + 2 - c];
            }
        }
        return (file, rgb);

        void Put(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
    }
}
