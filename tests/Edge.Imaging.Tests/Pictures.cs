using Edge.Devices;

namespace Edge.Imaging.Tests;

/// <summary>Pictures made up for tests.</summary>
internal static class Pictures
{
    /// <summary>Uncorrelated bytes: every misplaced pixel shows.</summary>
    public static Bitmap Noise(int width, int height, PixelFormat format, int seed = 1)
    {
        var bitmap = new Bitmap(width, height, format);
        new Random(seed).NextBytes(bitmap.Pixels);
        return bitmap;
    }

    /// <summary>Smooth gradients with a bright disc: what JPEG is made for.</summary>
    public static Bitmap Scene(int width, int height, PixelFormat format = PixelFormat.Rgb24)
    {
        var bitmap = new Bitmap(width, height, format);
        int channels = format.BytesPerPixel();
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bool disc = Math.Pow(x - width / 2.0, 2) + Math.Pow(y - height / 2.0, 2) < Math.Pow(Math.Min(width, height) / 4.0, 2);
                for (int c = 0; c < channels; c++)
                {
                    double value = disc ? 200 - 40 * c : 40 + 60.0 * x / width * (c + 1) / channels + 60.0 * y / height;
                    bitmap.Pixels[y * bitmap.Stride + x * channels + c] = (byte)value;
                }
            }
        }
        return bitmap;
    }

    /// <summary>The colour of a pixel of any format but YUV, 0…255.</summary>
    public static (double R, double G, double B) Rgb(ImageView image, int x, int y)
    {
        int bytes = image.Format.BytesPerPixel();
        ReadOnlySpan<byte> p = image.Row(y).Slice(x * bytes, bytes);
        return image.Format switch
        {
            PixelFormat.Gray8 => (p[0], p[0], p[0]),
            PixelFormat.Rgb24 or PixelFormat.Rgba32 => (p[0], p[1], p[2]),
            PixelFormat.Bgr24 or PixelFormat.Bgra32 => (p[2], p[1], p[0]),
            _ => throw new ArgumentException($"{image.Format}"),
        };
    }
}
