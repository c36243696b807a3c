using CsCheck;
using Edge.Devices;
using Edge.Imaging.Resampling;
using Xunit;

namespace Edge.Imaging.Tests;

public sealed class ImageTransformsTests
{
    private static readonly Orientation[] Orientations = Enum.GetValues<Orientation>();

    [Fact]
    public void Every_orientation_puts_each_pixel_where_exif_says()
    {
        using Bitmap stored = Pictures.Noise(5, 3, PixelFormat.Rgb24);
        foreach (Orientation orientation in Orientations)
        {
            using Bitmap turned = Turn.Apply(stored.View, orientation);
            for (int y = 0; y < stored.Height; y++)
            {
                for (int x = 0; x < stored.Width; x++)
                {
                    int right = stored.Width - 1 - x, bottom = stored.Height - 1 - y;
                    // Where the stored pixel (x, y) is to be shown: row 0 of the file is the side that EXIF names.
                    (int tx, int ty) = orientation switch
                    {
                        Orientation.MirrorHorizontal => (right, y),
                        Orientation.Rotate180 => (right, bottom),
                        Orientation.MirrorVertical => (x, bottom),
                        Orientation.Transpose => (y, x),
                        Orientation.Rotate90 => (bottom, x),
                        Orientation.Transverse => (bottom, right),
                        Orientation.Rotate270 => (y, right),
                        _ => (x, y),
                    };
                    Assert.Equal(Pictures.Rgb(stored.View, x, y), Pictures.Rgb(turned.View, tx, ty));
                }
            }
        }
    }

    [Fact]
    public void Four_quarter_turns_and_two_mirrors_change_nothing()
    {
        using Bitmap picture = Pictures.Noise(6, 9, PixelFormat.Gray8);
        foreach (var (step, times) in ((Orientation, int)[])[(Orientation.Rotate90, 4), (Orientation.Rotate270, 4), (Orientation.Rotate180, 2), (Orientation.MirrorHorizontal, 2), (Orientation.Transverse, 2)])
        {
            Bitmap turned = Turn.Apply(picture.View, Orientation.Upright);
            for (int i = 0; i < times; i++)
            {
                using Bitmap before = turned;
                turned = Turn.Apply(before.View, step);
            }
            using (turned) Assert.True(turned.Pixels.SequenceEqual(picture.Pixels));
        }
    }

    [Fact]
    public void An_even_surface_stays_even_in_every_mode_and_size() =>
        (from w in Gen.Int[1, 60] from h in Gen.Int[1, 60] from tw in Gen.Int[1, 60] from th in Gen.Int[1, 60]
         from mode in Gen.Enum<Interpolation>() from value in Gen.Byte
         select (w, h, tw, th, mode, value)).Sample(c =>
        {
            using var picture = new Bitmap(c.w, c.h, PixelFormat.Rgb24);
            picture.Pixels.Fill(c.value);
            using Bitmap resized = ImageTransforms.Resize(picture.View, c.tw, c.th, c.mode);
            return !resized.Pixels.ContainsAnyExcept(c.value);
        });

    [Fact]
    public void Area_keeps_the_mean_brightness_of_a_picture()
    {
        using Bitmap picture = Pictures.Noise(120, 90, PixelFormat.Gray8);
        using Bitmap small = ImageTransforms.Resize(picture.View, 40, 30, Interpolation.Area);
        Assert.Equal(Mean(picture), Mean(small), 0.5);
        using Bitmap one = ImageTransforms.Resize(picture.View, 1, 1, Interpolation.Area);
        Assert.Equal(Mean(picture), one.Pixels[0], 0.51);

        static double Mean(Bitmap b) => b.Pixels.ToArray().Average(v => (double)v);
    }

    [Fact]
    public void Bilinear_between_two_pixels_takes_half_pixel_centres()
    {
        using var two = new Bitmap(2, 1, PixelFormat.Gray8);
        (two.Pixels[0], two.Pixels[1]) = (0, 200);
        using Bitmap four = ImageTransforms.Resize(two.View, 4, 1);
        Assert.Equal([0, 50, 150, 200], four.Pixels.ToArray());
    }

    [Fact]
    public void A_crop_is_the_pixels_themselves()
    {
        using Bitmap picture = Pictures.Noise(9, 8, PixelFormat.Bgra32);
        using Bitmap crop = ImageTransforms.Crop(picture.View, 2, 3, 5, 4);
        for (int y = 0; y < 4; y++)
            for (int x = 0; x < 5; x++) Assert.Equal(Pictures.Rgb(picture.View, x + 2, y + 3), Pictures.Rgb(crop.View, x, y));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageTransforms.Crop(picture.View, 5, 0, 5, 1));
    }

    [Fact]
    public void A_letterbox_keeps_proportions_and_fills_the_rest()
    {
        using Bitmap picture = Pictures.Noise(40, 20, PixelFormat.Bgr24);
        using Bitmap boxed = ImageTransforms.Letterbox(picture.View, 40, 40, out Placement placement, fill: 9);
        Assert.Equal((0, 10, 40, 20), (placement.Left, placement.Top, placement.Width, placement.Height));
        Assert.False(boxed.Pixels[..(10 * boxed.Stride)].ContainsAnyExcept((byte)9));
        Assert.True(boxed.Pixels.Slice(10 * boxed.Stride, picture.Pixels.Length).SequenceEqual(picture.Pixels));
    }

    [Fact]
    public void A_centre_crop_resizes_the_shorter_side_first()
    {
        using Bitmap picture = Pictures.Scene(300, 200);
        using Bitmap crop = ImageTransforms.CenterCrop(picture.View, 100, 100, 100, Interpolation.Area);
        using Bitmap resized = ImageTransforms.Resize(picture.View, 150, 100, Interpolation.Area);
        using Bitmap expected = ImageTransforms.Crop(resized.View, 25, 0, 100, 100);
        Assert.True(crop.Pixels.SequenceEqual(expected.Pixels));
    }

    [Theory]
    // BT.601 limited range: black, white, mid grey, and the primaries of the standard's colour bars (75% bars computed from its matrix).
    [InlineData(16, 128, 128, 0, 0, 0)]
    [InlineData(235, 128, 128, 255, 255, 255)]
    [InlineData(126, 128, 128, 128, 128, 128)]
    [InlineData(81, 90, 240, 254, 0, 0)]
    [InlineData(145, 54, 34, 0, 255, 1)]
    [InlineData(41, 240, 110, 0, 0, 255)]
    [InlineData(255, 128, 128, 255, 255, 255)]
    [InlineData(0, 128, 128, 0, 0, 0)]
    public void Yuv_follows_bt601(byte y, byte u, byte v, byte r, byte g, byte b)
    {
        using var yuyv = new Bitmap(2, 1, PixelFormat.Yuyv);
        ((ReadOnlySpan<byte>)[y, u, y, v]).CopyTo(yuyv.Pixels);
        using var nv12 = new Bitmap(2, 2, PixelFormat.Nv12);
        ((ReadOnlySpan<byte>)[y, y, y, y, u, v]).CopyTo(nv12.Pixels);
        using var fromYuyv = new Bitmap(2, 1, PixelFormat.Rgb24);
        using var fromNv12 = new Bitmap(2, 2, PixelFormat.Rgb24);
        ColorConversion.Convert(yuyv.View, fromYuyv);
        ColorConversion.Convert(nv12.View, fromNv12);
        Assert.Equal([r, g, b, r, g, b], fromYuyv.Pixels.ToArray());
        Assert.Equal([r, g, b, r, g, b, r, g, b, r, g, b], fromNv12.Pixels.ToArray());
    }

    [Fact]
    public void Yuv_is_within_one_level_of_the_formula_in_real_numbers()
    {
        var random = new Random(1);
        for (int i = 0; i < 20000; i++)
        {
            byte y = (byte)random.Next(256), u = (byte)random.Next(256), v = (byte)random.Next(256);
            using var yuyv = new Bitmap(2, 1, PixelFormat.Yuyv);
            ((ReadOnlySpan<byte>)[y, u, y, v]).CopyTo(yuyv.Pixels);
            using var rgb = new Bitmap(2, 1, PixelFormat.Rgb24);
            ColorConversion.Convert(yuyv.View, rgb);
            double l = 255.0 / 219 * (y - 16), cb = 255.0 / 112 * (u - 128), cr = 255.0 / 112 * (v - 128);
            double[] expected = [l + 0.701 * cr, l - 0.886 * 0.114 / 0.587 * cb - 0.701 * 0.299 / 0.587 * cr, l + 0.886 * cb];
            for (int c = 0; c < 3; c++) Assert.InRange(rgb.Pixels[c] - Math.Clamp(expected[c], 0, 255), -0.51, 0.51);
        }
    }

    [Fact]
    public void Grey_weighs_colours_as_bt601_and_keeps_grey()
    {
        for (int v = 0; v < 256; v++) Assert.Equal(v, ColorConversion.Luma((byte)v, (byte)v, (byte)v));
        Assert.Equal([76, 150, 29], new[] { ColorConversion.Luma(255, 0, 0), ColorConversion.Luma(0, 255, 0), ColorConversion.Luma(0, 0, 255) }.Select(b => (int)b));
    }
}
