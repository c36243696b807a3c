using Edge.Devices;
using Edge.Imaging;

namespace Edge.Cli.Tests;

/// <summary>Pictures for tests.</summary>
internal static class MadePictures
{
    /// <summary>16×12 pixels of one colour.</summary>
    public static string Solid(TemporaryFolder folder, string name, byte r, byte g, byte b) => Of(folder, name, (_, _) => (r, g, b));

    /// <summary>16×12 pixels by column and row. Returns the path.</summary>
    public static string Of(TemporaryFolder folder, string name, Func<int, int, (byte R, byte G, byte B)> color)
    {
        using var bitmap = new Bitmap(16, 12, PixelFormat.Rgb24);
        for (int y = 0; y < bitmap.Height; y++)
        {
            for (int x = 0; x < bitmap.Width; x++)
            {
                (byte r, byte g, byte b) = color(x, y);
                ((ReadOnlySpan<byte>)[r, g, b]).CopyTo(bitmap.Row(y)[(3 * x)..]);
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        ImageCodec.Default.Save(bitmap.View, folder[name]);
        return folder[name];
    }
}
