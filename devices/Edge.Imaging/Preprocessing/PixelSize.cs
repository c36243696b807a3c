using System.Globalization;
using System.Text.Json.Serialization;

namespace Edge.Imaging.Preprocessing;

/// <summary>Width and height in pixels, written <c>640x480</c>; one number stands for a square.</summary>
[JsonConverter(typeof(PixelSizeJson))]
public readonly record struct PixelSize(int Width, int Height)
{
    private const int Most = 16384;

    /// <exception cref="FormatException">Neither <c>640x480</c> nor <c>224</c>, or not within 1…16384.</exception>
    public static PixelSize Parse(string text)
    {
        string[] parts = text.Split('x');
        if (parts.Length is 1 or 2 && Side(parts[0], out int width) && Side(parts[^1], out int height)) return new PixelSize(width, height);
        throw new FormatException($"'{text}' is not a size: write 224 or 640x480, at most {Most}");
    }

    private static bool Side(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value is >= 1 and <= Most;

    public override string ToString() => Width == Height ? $"{Width}" : $"{Width}x{Height}";
}
