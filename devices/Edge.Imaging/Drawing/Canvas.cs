using Edge.Devices;

namespace Edge.Imaging.Drawing;

/// <summary>
/// Draws on a picture. Everything is cut off at its edges; coordinates may lie anywhere.
/// </summary>
/// <remarks>Draws on the bitmap that it was given, whose owner remains its owner. Not safe for concurrent use.</remarks>
public sealed class Canvas
{
    private readonly Bitmap _target;

    /// <exception cref="ArgumentException">The picture is not <see cref="PixelFormat.Rgb24"/>.</exception>
    public Canvas(Bitmap target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Format != PixelFormat.Rgb24) throw new ArgumentException($"drawing on {target.Format} is not supported; supported: Rgb24");
        _target = target;
    }

    public int Width => _target.Width;

    public int Height => _target.Height;

    /// <summary>Size in pixels of a line of text.</summary>
    /// <param name="text">Without line breaks.</param>
    /// <param name="scale">Enlargement; at least 1.</param>
    public static (int Width, int Height) Measure(string text, int scale = 1) =>
        (text.Length * BitmapFont.CellWidth * scale, BitmapFont.CellHeight * scale);

    /// <summary>A filled rectangle. An <paramref name="opacity"/> of 0 leaves the picture as it is, 1 hides it.</summary>
    public void Fill(int left, int top, int width, int height, Rgb color, float opacity = 1)
    {
        int right = (int)Math.Min((long)left + width, Width), bottom = (int)Math.Min((long)top + height, Height);
        left = Math.Max(left, 0);
        for (int y = Math.Max(top, 0); y < bottom; y++)
            for (int x = left; x < right; x++) Blend(x, y, color, opacity);
    }

    /// <summary>The outline of a box, drawn inwards from its edges rounded to whole pixels.</summary>
    public void Outline(in Box box, Rgb color, int thickness = 1, float opacity = 1)
    {
        (int left, int top, int right, int bottom) = Rounded(box);
        int t = Math.Max(1, Math.Min(thickness, Math.Min(right - left, bottom - top) / 2));
        Fill(left, top, right - left, t, color, opacity);
        Fill(left, bottom - t, right - left, t, color, opacity);
        Fill(left, top + t, t, bottom - top - 2 * t, color, opacity);
        Fill(right - t, top + t, t, bottom - top - 2 * t, color, opacity);
    }

    /// <summary>
    /// A straight line with smooth edges, between two points in continuous coordinates. A pixel is covered as far as its centre
    /// lies within half the thickness of the line.
    /// </summary>
    public void Line(float x0, float y0, float x1, float y1, Rgb color, float thickness = 1, float opacity = 1)
    {
        float reach = thickness / 2 + 1;
        int left = Bound(Math.Min(x0, x1) - reach, Width), right = Bound(Math.Max(x0, x1) + reach, Width);
        int top = Bound(Math.Min(y0, y1) - reach, Height), bottom = Bound(Math.Max(y0, y1) + reach, Height);
        float dx = x1 - x0, dy = y1 - y0, length2 = dx * dx + dy * dy;
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                float px = x + 0.5f - x0, py = y + 0.5f - y0;
                float along = length2 == 0 ? 0 : Math.Clamp((px * dx + py * dy) / length2, 0, 1);
                float ex = px - along * dx, ey = py - along * dy;
                float cover = Math.Clamp(thickness / 2 + 0.5f - MathF.Sqrt(ex * ex + ey * ey), 0, 1);
                if (cover > 0) Blend(x, y, color, opacity * cover);
            }
        }
    }

    /// <summary>A line of text; its cell's top left corner lies at the given point. Characters beyond printable ASCII become question marks.</summary>
    public void Text(int left, int top, string text, Rgb color, int scale = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        int cell = BitmapFont.CellWidth * scale;
        foreach (char character in text)
        {
            for (int y = 0; y < BitmapFont.CellHeight * scale; y++)
                for (int x = 0; x < cell; x++)
                    if (BitmapFont.Glyph(character, x, y, scale)) Blend(left + x, top + y, color, 1);
            left += cell;
        }
    }

    /// <summary>
    /// A box with a label: a coloured outline with a thin dark rim that shows on any background, and a filled tag with readable
    /// text above it, or inside where there is no room above.
    /// </summary>
    public void LabelledBox(in Box box, string label, Rgb color, int scale = 1)
    {
        ArgumentNullException.ThrowIfNull(label);
        (int left, int top, int right, int bottom) = Rounded(box);
        int line = scale + 1;
        Outline(new Box(left - 1, top - 1, right + 1, bottom + 1), Rgb.Black, 1, 0.55f);
        Outline(box, color, line);
        Outline(new Box(left + line, top + line, right - line, bottom - line), Rgb.Black, 1, 0.35f);
        if (label.Length == 0) return;
        (int width, int height) = Measure(label, scale);
        int padding = 2 * scale;
        int tagWidth = width + 2 * padding - scale, tagHeight = height;
        int tagTop = top - tagHeight >= 0 ? top - tagHeight : Math.Max(top, 0);
        int tagLeft = Math.Clamp(left, 0, Math.Max(0, Width - tagWidth));
        Fill(tagLeft, tagTop, tagWidth, tagHeight, color);
        Text(tagLeft + padding, tagTop, label, color.ReadableOn(), scale);
    }

    /// <summary>A picture put at a place of this one.</summary>
    /// <param name="image">Any format.</param>
    /// <param name="left">Not negative; the picture must fit.</param>
    /// <param name="top">Not negative; the picture must fit.</param>
    public void Picture(ImageView image, int left, int top)
    {
        if (left < 0 || top < 0 || image.Width > Width - left || image.Height > Height - top)
            throw new ArgumentException($"a {image.Width}x{image.Height} picture at ({left}, {top}) does not fit into {Width}x{Height}");
        for (int y = 0; y < image.Height; y++)
            ColorConversion.RowToRgb(image, y, 0, image.Width, _target.Row(top + y).Slice(3 * left, 3 * image.Width));
    }

    /// <summary>
    /// Colours each pixel by its class: what a segmentation model found, over the picture.
    /// </summary>
    /// <param name="classes">One class a pixel, rows from the top, of the canvas' size.</param>
    /// <param name="palette">Colour of a class; null leaves its pixels as they are.</param>
    /// <param name="opacity">Of the colours.</param>
    public void ClassMap(ReadOnlySpan<int> classes, Func<int, Rgb?> palette, float opacity = 0.5f)
    {
        ArgumentNullException.ThrowIfNull(palette);
        if (classes.Length != Width * Height) throw new ArgumentException($"{classes.Length} classes for {Width}x{Height} pixels");
        for (int i = 0; i < classes.Length; i++)
        {
            if (palette(classes[i]) is { } color) Blend(i % Width, i / Width, color, opacity);
        }
    }

    private static int Bound(float value, int limit) => (int)Math.Clamp(value, 0, limit);

    private static (int Left, int Top, int Right, int Bottom) Rounded(in Box box)
    {
        return (Whole(box.Left), Whole(box.Top), Whole(box.Right), Whole(box.Bottom));

        // Far outside of any picture, and far from overflow.
        static int Whole(float v) => (int)Math.Clamp(MathF.Round(v), -1_000_000, 1_000_000);
    }

    private void Blend(int x, int y, Rgb color, float opacity)
    {
        if ((uint)x >= (uint)Width || (uint)y >= (uint)Height) return;
        Span<byte> p = _target.Pixels.Slice(y * _target.Stride + 3 * x, 3);
        if (opacity >= 1)
        {
            (p[0], p[1], p[2]) = (color.R, color.G, color.B);
            return;
        }
        p[0] = Mix(p[0], color.R, opacity);
        p[1] = Mix(p[1], color.G, opacity);
        p[2] = Mix(p[2], color.B, opacity);
    }

    private static byte Mix(byte below, byte above, float opacity) => (byte)MathF.Round(below + (above - below) * Math.Max(0, opacity));
}
