using Edge.Imaging.Codecs;

namespace Edge.Imaging;

/// <summary>Which codec decodes.</summary>
public enum CodecChoice : byte
{
    /// <summary>Managed code only: the same pixels on every machine.</summary>
    Managed,

    /// <summary>libjpeg-turbo for JPEG; an error where the library is not installed.</summary>
    Turbo,

    /// <summary>libjpeg-turbo for JPEG where the library is installed, else managed.</summary>
    Auto,
}

/// <summary>
/// The codecs.
/// </summary>
/// <remarks>
/// The default is managed, on purpose. JPEG decoders are allowed to differ by rounding, and do: a pixel in a few by a level or
/// two. A model that was validated on a PC with one decoder and runs on a board with another is no longer quite the one that
/// was validated, and int8 results would no longer be the same bytes everywhere. Decoding a 1280×720 JPEG (154 KB) takes
/// 13–14 ms managed, 8.5–9.4 ms with SkiaSharp, 2.2 ms with libjpeg-turbo (x64, AOT, median; encoding 2.5 ms with
/// libjpeg-turbo, 27–31 ms with SkiaSharp): who has an MJPEG camera and no time chooses <see cref="CodecChoice.Auto"/> and
/// validates with it. SkiaSharp would add 10.8 MB of native code for less.
/// </remarks>
public static class ImageCodec
{
    /// <summary>Without native code; the same pixels on every machine.</summary>
    public static IImageCodec Managed { get; } = new ManagedCodec();

    /// <summary>What is used where nothing is said: <see cref="Managed"/>.</summary>
    public static IImageCodec Default => Managed;

    /// <summary>Whether libjpeg-turbo is installed.</summary>
    public static bool TurboIsAvailable => TurboJpeg.IsAvailable;

    /// <exception cref="ImageException"><see cref="CodecChoice.Turbo"/> was asked for, and the library cannot be loaded.</exception>
    public static IImageCodec Create(CodecChoice choice) => choice switch
    {
        CodecChoice.Managed => Managed,
        CodecChoice.Auto => TurboJpeg.IsAvailable ? TurboCodec.Instance : Managed,
        _ when TurboJpeg.IsAvailable => TurboCodec.Instance,
        _ => throw new ImageException($"{TurboJpeg.Library} cannot be loaded: install libturbojpeg0, or choose the managed codec"),
    };
}
