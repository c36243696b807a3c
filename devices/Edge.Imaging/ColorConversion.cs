using Edge.Devices;

namespace Edge.Imaging;

/// <summary>
/// Colour conversions, in integers, so that every machine gives the same bytes.
/// </summary>
public static class ColorConversion
{
    /// <summary>
    /// Brightness as ITU-R BT.601 weighs it, 0.299 R + 0.587 G + 0.114 B, in 16-bit fixed point, rounded half up. The
    /// weights add up to 65536, so that grey stays what it was.
    /// </summary>
    public static byte Luma(byte r, byte g, byte b) => (byte)((19595 * r + 38470 * g + 7471 * b + 32768) >> 16);

    /// <summary>
    /// Writes <paramref name="image"/> as <see cref="PixelFormat.Rgb24"/>, <see cref="PixelFormat.Bgr24"/> or
    /// <see cref="PixelFormat.Gray8"/>.
    /// </summary>
    /// <param name="image">Any format. It may not overlap the target.</param>
    /// <param name="target">Of the same size.</param>
    /// <exception cref="ArgumentException">The sizes differ, or the target has another format.</exception>
    public static void Convert(ImageView image, Bitmap target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (image.Width != target.Width || image.Height != target.Height)
            throw new ArgumentException($"a {image.Width}x{image.Height} picture does not fit into one of {target.Width}x{target.Height}");
        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> output = target.Row(y);
            switch (target.Format)
            {
                case PixelFormat.Rgb24: RowToRgb(image, y, 0, image.Width, output); break;
                case PixelFormat.Bgr24: RowToRgb(image, y, 0, image.Width, output); SwapRedBlue(output); break;
                case PixelFormat.Gray8: RowToGray(image, y, 0, image.Width, output); break;
                default: throw new ArgumentException($"conversion to {target.Format} is not supported; supported: Rgb24, Bgr24, Gray8");
            }
        }
    }

    /// <summary>Pixels <c>[from, to)</c> of row <paramref name="y"/> as R, G, B.</summary>
    internal static void RowToRgb(ImageView image, int y, int from, int to, Span<byte> rgb)
    {
        ReadOnlySpan<byte> row = image.Row(y);
        switch (image.Format)
        {
            case PixelFormat.Rgb24: row[(3 * from)..(3 * to)].CopyTo(rgb); break;
            case PixelFormat.Bgr24: row[(3 * from)..(3 * to)].CopyTo(rgb); SwapRedBlue(rgb[..(3 * (to - from))]); break;
            case PixelFormat.Rgba32: FromFourBytes(row[(4 * from)..(4 * to)], 0, 2, rgb); break;
            case PixelFormat.Bgra32: FromFourBytes(row[(4 * from)..(4 * to)], 2, 0, rgb); break;
            case PixelFormat.Gray8: Replicate(row[from..to], rgb); break;
            case PixelFormat.Yuyv: Yuv.YuyvToRgb(row, from, to, rgb); break;
            case PixelFormat.Nv12: Yuv.Nv12ToRgb(row, image.ChromaRow(y), from, to, rgb); break;
            default: throw new ArgumentException($"{image.Format} has no pixels to convert");
        }
    }

    /// <summary>Pixels <c>[from, to)</c> of row <paramref name="y"/> as grey.</summary>
    internal static void RowToGray(ImageView image, int y, int from, int to, Span<byte> gray)
    {
        if (image.Format == PixelFormat.Gray8)
        {
            image.Row(y)[from..to].CopyTo(gray);
            return;
        }
        // Through RGB for YUV as well: cameras send luma as 16…235, and the range must be that of every other source.
        Span<byte> rgb = stackalloc byte[3 * 64];
        for (int x = from; x < to; x += 64)
        {
            int n = Math.Min(64, to - x);
            RowToRgb(image, y, x, x + n, rgb);
            for (int i = 0; i < n; i++) gray[x - from + i] = Luma(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]);
        }
    }

    /// <summary>Exchanges the first and the third byte of each three.</summary>
    internal static void SwapRedBlue(Span<byte> pixels)
    {
        for (int i = 0; i + 2 < pixels.Length; i += 3) (pixels[i], pixels[i + 2]) = (pixels[i + 2], pixels[i]);
    }

    private static void FromFourBytes(ReadOnlySpan<byte> row, int red, int blue, Span<byte> rgb)
    {
        for (int i = 0, o = 0; i < row.Length; i += 4, o += 3)
            (rgb[o], rgb[o + 1], rgb[o + 2]) = (row[i + red], row[i + 1], row[i + blue]);
    }

    private static void Replicate(ReadOnlySpan<byte> gray, Span<byte> rgb)
    {
        for (int i = 0, o = 0; i < gray.Length; i++, o += 3) rgb[o] = rgb[o + 1] = rgb[o + 2] = gray[i];
    }
}
