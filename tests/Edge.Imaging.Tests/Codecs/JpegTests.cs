using Edge.Devices;
using Edge.Testing;
using Xunit;

namespace Edge.Imaging.Tests.Codecs;

public sealed class JpegTests
{
    public static TheoryData<CodecChoice> Codecs => [CodecChoice.Managed, CodecChoice.Turbo];

    private static IImageCodec Codec(CodecChoice choice)
    {
        if (choice == CodecChoice.Turbo && !ImageCodec.TurboIsAvailable) Assert.Skip("libturbojpeg.so.0 is not installed");
        return ImageCodec.Create(choice);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void What_is_encoded_is_decoded_almost_the_same(CodecChoice choice)
    {
        IImageCodec codec = Codec(choice);
        foreach (PixelFormat format in (PixelFormat[])[PixelFormat.Rgb24, PixelFormat.Gray8])
        {
            foreach (var (width, height) in ((int, int)[])[(64, 48), (33, 17), (1, 1), (7, 200)])
            {
                using Bitmap scene = Pictures.Scene(width, height, format);
                using Bitmap decoded = codec.Decode(JpegBytes.Encode(scene.View, ImageKind.Jpeg, 95, codec), new DecodeOptions { Format = format });
                Assert.Equal((width, height, format), (decoded.Width, decoded.Height, decoded.Format));
                // Chroma at half the resolution smears the edge of the disc.
                Assert.InRange(MeanDifference(scene, decoded), 0, 4);
            }
        }
    }

    [Fact]
    public void The_two_decoders_differ_by_rounding_only()
    {
        IImageCodec turbo = Codec(CodecChoice.Turbo);
        byte[] jpeg = File.ReadAllBytes(SharedData.Require("images/coral_samples/cat_720p.jpg"));
        using Bitmap a = ImageCodec.Managed.Decode(jpeg), b = turbo.Decode(jpeg);
        int most = 0, different = 0;
        for (int i = 0; i < a.Pixels.Length; i++)
        {
            int d = Math.Abs(a.Pixels[i] - b.Pixels[i]);
            most = Math.Max(most, d);
            if (d != 0) different++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{100.0 * different / a.Pixels.Length:f2}% of the values differ, by {most} at most");
        Assert.InRange(most, 0, 4);
        Assert.InRange(100.0 * different / a.Pixels.Length, 0, 10);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_grey_jpeg_becomes_colour_and_a_coloured_one_grey(CodecChoice choice)
    {
        IImageCodec codec = Codec(choice);
        using Bitmap gray = Pictures.Scene(40, 30, PixelFormat.Gray8);
        using Bitmap color = codec.Decode(JpegBytes.Encode(gray.View, ImageKind.Jpeg));
        for (int i = 0; i < color.Pixels.Length; i += 3) Assert.True(color.Pixels[i] == color.Pixels[i + 1] && color.Pixels[i] == color.Pixels[i + 2]);
        using Bitmap back = codec.Decode(JpegBytes.Encode(color.View, ImageKind.Jpeg), new DecodeOptions { Format = PixelFormat.Gray8 });
        Assert.InRange(MeanDifference(gray, back), 0, 3);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_jpeg_that_was_cut_short_anywhere_is_an_error_and_never_half_a_picture(CodecChoice choice)
    {
        IImageCodec codec = Codec(choice);
        using Bitmap scene = Pictures.Scene(40, 30);
        byte[] jpeg = JpegBytes.Encode(scene.View, ImageKind.Jpeg);
        for (int length = 0; length < jpeg.Length; length++)
        {
            byte[] cut = jpeg[..length];
            Assert.Throws<ImageException>(() => codec.Decode(cut).Dispose());
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_damaged_jpeg_is_decoded_or_refused_and_nothing_else(CodecChoice choice)
    {
        IImageCodec codec = Codec(choice);
        using Bitmap scene = Pictures.Scene(75, 50);
        byte[] original = JpegBytes.Encode(scene.View, ImageKind.Jpeg, 85);
        var random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] damaged = (byte[])original.Clone();
            for (int k = random.Next(1, 5); k > 0; k--) damaged[random.Next(2, damaged.Length)] = (byte)random.Next(256);
            try
            {
                codec.Decode(damaged).Dispose();
            }
            catch (ImageException e)
            {
                Assert.DoesNotContain('\n', e.Message);
                refused++;
            }
        }
        Assert.InRange(refused, 100, 4000);
    }

    [Fact]
    public void A_header_that_claims_a_huge_picture_is_refused_before_anything_is_allocated()
    {
        using Bitmap scene = Pictures.Scene(16, 16);
        byte[] jpeg = JpegBytes.Encode(scene.View, ImageKind.Jpeg);
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        jpeg.AsSpan(frame + 5, 4).Fill(0xFF);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<ImageException>(() => ImageCodec.Managed.Decode(jpeg));
        Assert.Equal("the Jpeg claims 65535x65535 pixels; the limits are 16384x16384 and 50000000 pixels in all", e.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Files_above_the_limit_are_not_read()
    {
        var options = new DecodeOptions { Limits = new ImageLimits(MaxEncodedBytes: 10) };
        Assert.Equal("the file has 11 bytes; the limit is 10", Assert.Throws<ImageException>(() => ImageCodec.Managed.Decode(new byte[11], options)).Message);
    }

    [Theory]
    [InlineData(0xC3, "the JPEG is coded as SOF3; supported: baseline, extended and progressive Huffman (SOF0, SOF1, SOF2)")]
    [InlineData(0xC9, "the JPEG is coded as SOF9; supported: baseline, extended and progressive Huffman (SOF0, SOF1, SOF2)")]
    public void Kinds_of_jpeg_that_are_not_supported_are_named(byte marker, string message)
    {
        using Bitmap scene = Pictures.Scene(16, 16);
        byte[] jpeg = JpegBytes.Encode(scene.View, ImageKind.Jpeg);
        jpeg[jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]) + 1] = marker;
        Assert.Equal(message, Assert.Throws<ImageException>(() => ImageCodec.Managed.Decode(jpeg)).Message);
    }

    [Fact]
    public void Other_files_are_not_pictures() =>
        Assert.Equal("not a JPEG, PNG or BMP picture", Assert.Throws<ImageException>(() => ImageCodec.Managed.Decode("GIF89a…"u8)).Message);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_exif_orientation_turns_the_picture_upright_unless_it_is_switched_off(bool littleEndian)
    {
        using Bitmap stored = Pictures.Scene(48, 32);
        byte[] jpeg = JpegBytes.Encode(stored.View, ImageKind.Jpeg, 100);
        using Bitmap plain = ImageCodec.Managed.Decode(jpeg);
        for (int orientation = 1; orientation <= 8; orientation++)
        {
            byte[] turned = JpegBytes.WithOrientation(jpeg, orientation, littleEndian);
            Assert.Equal((Orientation)orientation, ImageHeader.Read(turned).Orientation);
            using Bitmap upright = ImageCodec.Managed.Decode(turned);
            using Bitmap expected = Turn.Apply(plain.View, (Orientation)orientation);
            Assert.Equal((expected.Width, expected.Height), (upright.Width, upright.Height));
            Assert.True(expected.Pixels.SequenceEqual(upright.Pixels), $"{orientation}");
            using Bitmap asStored = ImageCodec.Managed.Decode(turned, new DecodeOptions { HonourOrientation = false });
            Assert.True(plain.Pixels.SequenceEqual(asStored.Pixels));
        }
    }

    [Fact]
    public void The_same_jpeg_decoded_by_many_threads_at_once_gives_the_same_pixels()
    {
        using Bitmap scene = Pictures.Scene(120, 90);
        byte[] jpeg = JpegBytes.Encode(scene.View, ImageKind.Jpeg);
        foreach (IImageCodec codec in (IImageCodec[])[ImageCodec.Managed, ImageCodec.Create(CodecChoice.Auto)])
        {
            using Bitmap expected = codec.Decode(jpeg);
            byte[] pixels = expected.Pixels.ToArray();
            Parallel.For(0, 64, _ =>
            {
                using Bitmap decoded = codec.Decode(jpeg);
                Assert.True(decoded.Pixels.SequenceEqual(pixels));
            });
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Real_photographs_decode(CodecChoice choice)
    {
        IImageCodec codec = Codec(choice);
        foreach (string file in Directory.EnumerateFiles(SharedData.Require("images/coco128_val/images/val2017")).Take(16))
        {
            using Bitmap picture = codec.Load(file);
            Assert.InRange(picture.Width, 200, 640);
        }
    }

    private static double MeanDifference(Bitmap a, Bitmap b)
    {
        long sum = 0;
        for (int i = 0; i < a.Pixels.Length; i++) sum += Math.Abs(a.Pixels[i] - b.Pixels[i]);
        return (double)sum / a.Pixels.Length;
    }
}
