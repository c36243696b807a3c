namespace ModelFactory.Rendering;

/// <summary>Linear light, 1 being the sensor's full well at the chosen exposure.</summary>
internal readonly record struct Rgb(float R, float G, float B)
{
    public float Luminance => 0.2126f * R + 0.7152f * G + 0.0722f * B;

    public static Rgb Grey(float level) => new(level, level, level);

    public static Rgb Mix(Rgb a, Rgb b, float t) => new(a.R + (b.R - a.R) * t, a.G + (b.G - a.G) * t, a.B + (b.B - a.B) * t);

    public static Rgb operator +(Rgb a, Rgb b) => new(a.R + b.R, a.G + b.G, a.B + b.B);

    public static Rgb operator *(Rgb a, float s) => new(a.R * s, a.G * s, a.B * s);

    public static Rgb operator *(Rgb a, Rgb b) => new(a.R * b.R, a.G * b.G, a.B * b.B);
}
