namespace Edge.Imaging.Drawing;

/// <summary>A colour, sRGB, 0…255 a channel.</summary>
public readonly record struct Rgb(byte R, byte G, byte B)
{
    public static Rgb Black => new(0, 0, 0);

    public static Rgb White => new(255, 255, 255);

    /// <summary>Black or white, whichever is easier to read on this colour (WCAG 2.1, relative luminance and contrast ratio).</summary>
    public Rgb ReadableOn()
    {
        double luminance = 0.2126 * Linear(R) + 0.7152 * Linear(G) + 0.0722 * Linear(B);
        // Contrast with white is 1.05 / (l + 0.05), with black (l + 0.05) / 0.05.
        return (luminance + 0.05) * (luminance + 0.05) > 0.05 * 1.05 ? Black : White;
    }

    /// <summary>
    /// A colour for a class: the same for the same number, easy to tell from those of neighbouring numbers. The first twelve
    /// are chosen by hand, further ones go around the colour circle by the golden angle.
    /// </summary>
    public static Rgb ForClass(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        if (index < Chosen.Length) return Chosen[index];
        double hue = index * 137.508 % 360;
        return FromHue(hue, index % 2 == 0 ? 0.95 : 0.7);
    }

    private static readonly Rgb[] Chosen =
    [
        new(255, 82, 82), new(64, 156, 255), new(255, 196, 0), new(0, 200, 120), new(214, 96, 255), new(255, 138, 48),
        new(0, 208, 220), new(255, 110, 180), new(160, 210, 40), new(130, 130, 255), new(200, 150, 100), new(120, 220, 180),
    ];

    private static double Linear(byte value)
    {
        double v = value / 255.0;
        return v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4);
    }

    private static Rgb FromHue(double hue, double value)
    {
        return new Rgb(Channel(5), Channel(3), Channel(1));

        // HSV with saturation 0.75.
        byte Channel(int n)
        {
            double k = (n + hue / 60) % 6;
            return (byte)Math.Round(255 * value * (1 - 0.75 * Math.Clamp(Math.Min(k, 4 - k), 0, 1)));
        }
    }
}
