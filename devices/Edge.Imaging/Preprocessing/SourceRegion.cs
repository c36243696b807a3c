using System.Globalization;
using System.Text.Json.Serialization;

namespace Edge.Imaging.Preprocessing;

/// <summary>
/// The part of each source picture that the model is to see: everything outside is ignored. Written
/// <c>left:top:width:height</c> in source pixels, <c>center:640x480</c> for the middle, or <c>square</c> for the largest
/// square in the middle.
/// </summary>
[JsonConverter(typeof(SourceRegionJson))]
public sealed record SourceRegion
{
    private SourceRegion()
    {
    }

    private PixelRegion? Fixed { get; init; }

    private PixelSize? Center { get; init; }

    /// <summary>The largest square in the middle.</summary>
    public static SourceRegion Square { get; } = new();

    public static SourceRegion At(int left, int top, int width, int height) => new() { Fixed = new PixelRegion(left, top, width, height) };

    public static SourceRegion Middle(int width, int height) => new() { Center = new PixelSize(width, height) };

    /// <exception cref="FormatException">The text is none of the three forms.</exception>
    public static SourceRegion Parse(string text)
    {
        if (text == "square") return Square;
        if (text.StartsWith("center:", StringComparison.Ordinal)) return new SourceRegion { Center = PixelSize.Parse(text[7..]) };
        string[] parts = text.Split(':');
        if (parts.Length == 4
            && Number(parts[0], out int left) && Number(parts[1], out int top)
            && Number(parts[2], out int width) && width > 0 && Number(parts[3], out int height) && height > 0)
            return At(left, top, width, height);
        throw new FormatException($"'{text}' is not a region: write left:top:width:height in pixels, center:640x480 or square");
    }

    /// <summary>The rectangle in a picture of this size.</summary>
    /// <exception cref="ImageException">The region reaches beyond the picture.</exception>
    public PixelRegion In(int width, int height)
    {
        PixelRegion region;
        if (Fixed is { } f) region = f;
        else
        {
            PixelSize size = Center ?? new PixelSize(Math.Min(width, height), Math.Min(width, height));
            region = new PixelRegion((width - size.Width) / 2, (height - size.Height) / 2, size.Width, size.Height);
        }
        if (region.Left < 0 || region.Top < 0 || region.Left > width - region.Width || region.Top > height - region.Height)
            throw new ImageException($"region {this} reaches beyond a picture of {width}x{height}");
        return region;
    }

    public override string ToString() => Fixed is { } f ? f.ToString() : Center is { } c ? $"center:{c}" : "square";

    private static bool Number(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
