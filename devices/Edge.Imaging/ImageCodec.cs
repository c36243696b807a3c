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
/// The default is managed, on purpose. JPEG decoders are allowed to differ by rounding, and do: these two in one value of twenty,
/// by up to three levels. A model that was validated on a PC with one decoder and runs on a board with another is no longer quite the one that
/// was validated, and int8 results would no longer be the same bytes everywhere. A 1280×720 JPEG of 154 KB takes, in CPU time of
/// a Zen 5 core (AOT, x86-64-v3), 10 ms to decode and 22 ms to encode in managed code, and 2 ms each with libjpeg-turbo; SkiaSharp
/// was measured at 9 and 29 ms and would add 10.8 MB of native code. Who has an MJPEG camera and no time chooses
/// <see cref="CodecChoice.Auto"/> and validates with it. Evidence pictures, whose bytes feed no model, use Auto anyway.
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
