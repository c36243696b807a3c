using System.Globalization;
using Edge.Imaging.Resampling;

namespace Edge.Imaging.Preprocessing;

/// <summary>The text form of <see cref="PreprocessOptions"/>: a table of keys, each with how it is read and written.</summary>
internal static class PreprocessText
{
    private sealed record Key(string Name, Func<PreprocessOptions, string, PreprocessOptions> Read, Func<PreprocessOptions, string?> Write);

    private static readonly PreprocessOptions Defaults = new();

    private static readonly Key[] Keys =
    [
        new("roi", (o, v) => o with { Region = SourceRegion.Parse(v) }, o => o.Region?.ToString()),
        new("resize", ReadResize, o => o.ShorterSide is { } s ? $"{s}" : o.Resize is { } r ? $"{r.Width}x{r.Height}" : null),
        new("crop", (o, v) => o with { Crop = PixelSize.Parse(v) }, o => o.Crop?.ToString()),
        new("letterbox", (o, v) => o with { Letterbox = PixelSize.Parse(v) }, o => o.Letterbox?.ToString()),
        new("align", (o, v) => o with { Align = Word<LetterboxAlign>(v) }, o => Changed(o.Align, Defaults.Align)),
        new("fill", (o, v) => o with { Fill = List(v) }, o => Changed(o.Fill, Defaults.Fill)),
        new("interpolation", (o, v) => o with { Interpolation = Word<Interpolation>(v) }, o => Changed(o.Interpolation, Defaults.Interpolation)),
        new("color", (o, v) => o with { Color = Word<ChannelOrder>(v) }, o => o.Color is { } c ? Text(c) : null),
        new("layout", (o, v) => o with { Layout = Word<TensorLayout>(v) }, o => o.Layout is { } l ? Text(l) : null),
        new("scale", (o, v) => o with { Scale = Number(v) }, o => o.Scale == 1 ? null : Text(o.Scale)),
        new("mean", (o, v) => o with { Mean = List(v) }, o => Changed(o.Mean, Defaults.Mean)),
        new("std", (o, v) => o with { Std = List(v) }, o => Changed(o.Std, Defaults.Std)),
    ];

    public static PreprocessOptions Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var options = new PreprocessOptions();
        var seen = new HashSet<string>();
        foreach (string pair in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string name = (equals < 0 ? pair : pair[..equals]).Trim();
            Key key = Array.Find(Keys, k => k.Name == name)
                ?? throw new FormatException($"preprocess: unknown key '{name}'; valid keys: {string.Join(' ', Keys.Select(k => k.Name))}");
            if (equals < 0) throw new FormatException($"preprocess: '{name}' needs a value: {name}=…");
            if (!seen.Add(name)) throw new FormatException($"preprocess: '{name}' is given twice");
            try
            {
                options = key.Read(options, pair[(equals + 1)..].Trim());
            }
            catch (FormatException e)
            {
                throw new FormatException($"preprocess: {name}: {e.Message}", e);
            }
        }
        options.Validate();
        return options;
    }

    public static string Format(PreprocessOptions options) =>
        string.Join(',', Keys.Select(k => (k.Name, Value: k.Write(options))).Where(k => k.Value is not null).Select(k => $"{k.Name}={k.Value}"));

    /// <summary>One number is the shorter side, as in torchvision; two are the exact size.</summary>
    private static PreprocessOptions ReadResize(PreprocessOptions options, string value)
    {
        PixelSize size = PixelSize.Parse(value);
        return value.Contains('x', StringComparison.Ordinal) ? options with { Resize = size } : options with { ShorterSide = size.Width };
    }

    private static T Word<T>(string value) where T : struct, Enum
    {
        // Names only: Enum.TryParse would take numbers as well.
        foreach (T candidate in Enum.GetValues<T>())
        {
            if (string.Equals(candidate.ToString(), value, StringComparison.OrdinalIgnoreCase)) return candidate;
        }
        throw new FormatException($"'{value}' is not possible; possible: {string.Join(' ', Enum.GetValues<T>().Select(Text))}");
    }

    private static string Text<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string? Changed<T>(T value, T usual) where T : struct, Enum => value.Equals(usual) ? null : Text(value);

    private static string? Changed(IReadOnlyList<float> value, IReadOnlyList<float> usual) =>
        value.SequenceEqual(usual) ? null : string.Join(':', value.Select(Text));

    private static float[] List(string value)
    {
        float[] list = value.Split(':').Select(Number).ToArray();
        return list.Length is 1 or 3 ? list : throw new FormatException($"'{value}' has {list.Length} values; give 1 or 3 with colons between");
    }

    /// <summary>A decimal number, or a fraction such as <c>1/255</c>.</summary>
    private static float Number(string value)
    {
        string[] parts = value.Split('/');
        if (parts.Length <= 2 && Decimal(parts[0], out double number))
        {
            if (parts.Length == 1) return (float)number;
            if (Decimal(parts[1], out double divisor) && divisor != 0) return (float)(number / divisor);
        }
        throw new FormatException($"'{value}' is not a number");
    }

    private static bool Decimal(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
