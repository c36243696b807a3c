using System.Text.Json;
using Edge.Imaging.Resampling;

namespace Edge.Imaging.Preprocessing;

/// <summary>Order of a model's input dimensions.</summary>
public enum TensorLayout : byte
{
    /// <summary>Batch, channels, height, width.</summary>
    Nchw,

    /// <summary>Batch, height, width, channels.</summary>
    Nhwc,
}

/// <summary>What the channels of a model's input mean.</summary>
public enum ChannelOrder : byte
{
    Rgb,
    Bgr,
    Gray,
}

/// <summary>Where a letterboxed picture lies.</summary>
public enum LetterboxAlign : byte
{
    /// <summary>In the middle: YOLOv5, YOLOv8.</summary>
    Center,

    /// <summary>In the top left corner: YOLOX, NanoDet.</summary>
    TopLeft,
}

/// <summary>
/// How a picture becomes a model's input. The steps, in this order: <see cref="Region"/> of the source; size, by one of
/// <see cref="Letterbox"/>, <see cref="Resize"/> or <see cref="ShorterSide"/> (with or without <see cref="Crop"/>),
/// <see cref="Crop"/> alone, or, where nothing is said, a stretch to the size that the model declares; channel order; and per
/// channel <c>(pixel · Scale − Mean) / Std</c>, with pixel in 0…255. For uint8 and int8 inputs the result is rounded half to
/// even and saturated. What is not given is taken from the model.
/// </summary>
/// <remarks>Immutable. Text form: <see cref="Parse"/>.</remarks>
/// <param name="Region">The part of the source to look at; all of it when null.</param>
/// <param name="Resize">Resize to exactly this; proportions are given up. Text: <c>resize=640x480</c>.</param>
/// <param name="ShorterSide">Resize so that the shorter side has so many pixels; needs <paramref name="Crop"/>. Text: <c>resize=256</c>.</param>
/// <param name="Crop">Then cut out the middle.</param>
/// <param name="Letterbox">Fit in with proportions kept and fill the rest.</param>
/// <param name="Align">Where a letterboxed picture lies.</param>
/// <param name="Fill">Pixel values, 0…255, of the letterbox's border: one, or one a channel in the model's order; 114 when null.</param>
/// <param name="Interpolation">How pixels are computed.</param>
/// <param name="Color">Grey for models with one channel and RGB for others when null.</param>
/// <param name="Layout">From the place of the channels in the model's input shape when null.</param>
/// <param name="Scale">Pixels are multiplied with this first. Text: also <c>1/255</c>.</param>
/// <param name="Mean">Subtracted after scaling: one, or one a channel in the model's order; 0 when null.</param>
/// <param name="Std">Divided by after that: one, or one a channel in the model's order; 1 when null.</param>
public sealed record PreprocessOptions(
    SourceRegion? Region = null,
    PixelSize? Resize = null,
    int? ShorterSide = null,
    PixelSize? Crop = null,
    PixelSize? Letterbox = null,
    LetterboxAlign Align = LetterboxAlign.Center,
    IReadOnlyList<float>? Fill = null,
    Interpolation Interpolation = Interpolation.Bilinear,
    ChannelOrder? Color = null,
    TensorLayout? Layout = null,
    float Scale = 1,
    IReadOnlyList<float>? Mean = null,
    IReadOnlyList<float>? Std = null)
{
    public IReadOnlyList<float> Fill { get; init; } = Fill ?? [114];

    public IReadOnlyList<float> Mean { get; init; } = Mean ?? [0];

    public IReadOnlyList<float> Std { get; init; } = Std ?? [1];

    /// <summary>
    /// Reads the text form: <c>key=value</c> pairs with commas between, such as
    /// <c>resize=256,crop=224,mean=123.675:116.28:103.53,std=58.4:57.1:57.4,color=rgb</c>. Lists have colons between.
    /// </summary>
    /// <exception cref="FormatException">One line that names the key, what is wrong and what is possible.</exception>
    public static PreprocessOptions Parse(string text) => PreprocessText.Parse(text);

    /// <summary>Reads the JSON form.</summary>
    /// <exception cref="FormatException">Not JSON, an unknown member, or a value that is not possible.</exception>
    public static PreprocessOptions FromJson(string json)
    {
        try
        {
            PreprocessOptions options = JsonSerializer.Deserialize(json, PreprocessJsonContext.Default.PreprocessOptions)
                ?? throw new FormatException("preprocess: the JSON is null");
            options.Validate();
            return options;
        }
        catch (JsonException e)
        {
            throw new FormatException($"preprocess: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, PreprocessJsonContext.Default.PreprocessOptions);

    /// <summary>The text form; <see cref="Parse"/> reads it back.</summary>
    public override string ToString() => PreprocessText.Format(this);

    public bool Equals(PreprocessOptions? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <exception cref="FormatException">Two options contradict each other, or a number is not possible.</exception>
    internal void Validate()
    {
        if (Letterbox is not null && (Resize ?? Crop) is not null || Letterbox is not null && ShorterSide is not null)
            throw new FormatException("preprocess: letterbox excludes resize and crop");
        if (Resize is not null && ShorterSide is not null)
            throw new FormatException("preprocess: resize is either one number (the shorter side) or width x height");
        if (ShorterSide is { } side and (< 1 or > 16384)) throw new FormatException($"preprocess: resize={side} is not within 1…16384");
        if (ShorterSide is { } open && Crop is null)
            throw new FormatException($"preprocess: resize={open} leaves the longer side open: add crop={open}, or write resize={open}x{open}");
        if (Resize is { } r && Crop is { } c && (c.Width > r.Width || c.Height > r.Height))
            throw new FormatException($"preprocess: crop={c} does not fit into resize={r.Width}x{r.Height}");
        if (!float.IsFinite(Scale) || Scale == 0) throw new FormatException($"preprocess: scale={Scale} is not possible");
        CheckList("mean", Mean);
        CheckList("std", Std);
        CheckList("fill", Fill);
        if (Std.Any(s => s == 0)) throw new FormatException("preprocess: std=0 would divide by zero");
    }

    private static void CheckList(string key, IReadOnlyList<float> values)
    {
        if (values is null || values.Count is not (1 or 3)) throw new FormatException($"preprocess: {key} has {values?.Count ?? 0} values; give 1 or 3");
        if (!values.All(float.IsFinite)) throw new FormatException($"preprocess: {key} must be finite");
    }
}
