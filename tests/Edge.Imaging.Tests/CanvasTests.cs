using Edge.Devices;
using Edge.Imaging.Drawing;
using Xunit;

namespace Edge.Imaging.Tests;

public sealed class CanvasTests
{
    private static Bitmap Blank(int width, int height, byte value = 0)
    {
        var bitmap = new Bitmap(width, height, PixelFormat.Rgb24);
        bitmap.Pixels.Fill(value);
        return bitmap;
    }

    private static Rgb At(Bitmap b, int x, int y) => new(b.Row(y)[3 * x], b.Row(y)[3 * x + 1], b.Row(y)[3 * x + 2]);

    [Fact]
    public void An_outline_covers_the_edge_pixels_and_no_others()
    {
        using Bitmap b = Blank(10, 8);
        new Canvas(b).Outline(new Box(2, 1, 8, 6), Rgb.White);
        for (int y = 0; y < 8; y++)
        {
            for (int x = 0; x < 10; x++)
            {
                bool inside = x is >= 2 and < 8 && y is >= 1 and < 6, edge = inside && (x is 2 or 7 || y is 1 or 5);
                Assert.Equal(edge ? Rgb.White : Rgb.Black, At(b, x, y));
            }
        }
    }

    [Fact]
    public void Opacity_mixes()
    {
        using Bitmap b = Blank(2, 1, 100);
        new Canvas(b).Fill(0, 0, 1, 1, new Rgb(200, 100, 0), 0.25f);
        Assert.Equal(new Rgb(125, 100, 75), At(b, 0, 0));
        Assert.Equal(new Rgb(100, 100, 100), At(b, 1, 0));
    }

    [Fact]
    public void Whatever_lies_outside_is_cut_off()
    {
        using Bitmap b = Blank(20, 20);
        var canvas = new Canvas(b);
        canvas.Fill(-5, -5, 1000, 7, Rgb.White);
        canvas.Fill(int.MaxValue - 2, 0, 10, 10, Rgb.White);
        canvas.Outline(new Box(-1e9f, -1e9f, 1e9f, 1e9f), Rgb.White, 3);
        canvas.Line(-100, -50, 500, 300, Rgb.White, 4);
        canvas.Text(-9, 15, "Wide and low", Rgb.White, 2);
        canvas.LabelledBox(new Box(15, 15, 90, 90), "beyond", Rgb.White);
        canvas.LabelledBox(new Box(float.NaN, 0, 5, 5), "nowhere", Rgb.White);
        Assert.Equal(Rgb.White, At(b, 0, 0));
    }

    [Fact]
    public void A_line_is_as_thick_as_asked_and_symmetric()
    {
        using Bitmap b = Blank(21, 21);
        new Canvas(b).Line(2, 10.5f, 19, 10.5f, Rgb.White, 3);
        Assert.Equal((0, 255, 255, 255, 0), (At(b, 10, 8).R, At(b, 10, 9).R, At(b, 10, 10).R, At(b, 10, 11).R, At(b, 10, 12).R));
    }

    [Fact]
    public void Every_printable_character_has_its_own_glyph_within_its_cell()
    {
        var seen = new HashSet<string>();
        for (char c = ' '; c <= '~'; c++)
        {
            string cell = string.Concat(Enumerable.Range(0, BitmapFont.CellHeight * BitmapFont.CellWidth)
                .Select(i => BitmapFont.Ink(c, i % BitmapFont.CellWidth, i / BitmapFont.CellWidth) ? '#' : '.'));
            Assert.True(seen.Add(cell), $"'{c}' looks like another character");
            Assert.Equal(c == ' ', !cell.Contains('#', StringComparison.Ordinal));
            // The last column separates characters.
            for (int y = 0; y < BitmapFont.CellHeight; y++) Assert.False(BitmapFont.Ink(c, BitmapFont.CellWidth - 1, y));
        }
        Assert.Equal(95, seen.Count);
    }

    [Fact]
    public void Other_characters_become_question_marks()
    {
        using Bitmap a = Blank(40, 14), b = Blank(40, 14);
        new Canvas(a).Text(0, 0, "ä漢\n", Rgb.White);
        new Canvas(b).Text(0, 0, "???", Rgb.White);
        Assert.True(a.Pixels.SequenceEqual(b.Pixels));
    }

    [Fact]
    public void Text_fills_the_size_that_was_measured_at_every_scale()
    {
        for (int scale = 1; scale <= 4; scale++)
        {
            (int width, int height) = Canvas.Measure("gW|_", scale);
            using Bitmap b = Blank(width + 10, height + 10);
            new Canvas(b).Text(5, 5, "gW|_", Rgb.White, scale);
            for (int y = 0; y < b.Height; y++)
                for (int x = 0; x < b.Width; x++)
                    if (At(b, x, y) == Rgb.White) Assert.True(x >= 5 && y >= 5 && x < 5 + width && y < 5 + height);
        }
    }

    [Fact]
    public void Text_on_any_class_colour_has_a_contrast_of_at_least_four_and_a_half()
    {
        for (int i = 0; i < 200; i++)
        {
            Rgb color = Rgb.ForClass(i), text = color.ReadableOn();
            double a = Luminance(color), b = Luminance(text);
            Assert.True((Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05) >= 4.5, $"{color}");
        }

        static double Luminance(Rgb c) => 0.2126 * L(c.R) + 0.7152 * L(c.G) + 0.0722 * L(c.B);

        static double L(byte v) => v / 255.0 is var x && x <= 0.04045 ? x / 12.92 : Math.Pow((x + 0.055) / 1.055, 2.4);
    }

    [Fact]
    public void The_first_class_colours_are_far_apart()
    {
        for (int i = 0; i < 12; i++)
        {
            for (int j = 0; j < i; j++)
            {
                (Rgb a, Rgb b) = (Rgb.ForClass(i), Rgb.ForClass(j));
                Assert.True(Math.Abs(a.R - b.R) + Math.Abs(a.G - b.G) + Math.Abs(a.B - b.B) > 60, $"{i} and {j}");
            }
        }
    }

    [Fact]
    public void A_class_map_colours_only_the_classes_that_have_a_colour()
    {
        using Bitmap b = Blank(2, 1, 10);
        new Canvas(b).ClassMap([0, 1], c => c == 1 ? Rgb.White : null, 1);
        Assert.Equal((new Rgb(10, 10, 10), Rgb.White), (At(b, 0, 0), At(b, 1, 0)));
    }
}
