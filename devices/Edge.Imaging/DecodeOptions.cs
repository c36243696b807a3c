using Edge.Devices;

namespace Edge.Imaging;

/// <summary>How pictures are decoded.</summary>
public sealed record DecodeOptions
{
    public static DecodeOptions Default { get; } = new();

    /// <summary><see cref="PixelFormat.Rgb24"/> or <see cref="PixelFormat.Gray8"/>.</summary>
    public PixelFormat Format { get; init; } = PixelFormat.Rgb24;

    /// <summary>
    /// Turn the picture as its EXIF orientation asks, so that the model, the boxes, the evidence and a person with an image
    /// viewer see the same picture. OpenCV does so, Pillow and TensorFlow do not; industrial cameras write no EXIF and are
    /// not concerned. Switch it off where labels were drawn on the pixels as stored.
    /// </summary>
    public bool HonourOrientation { get; init; } = true;

    public ImageLimits Limits { get; init; } = ImageLimits.Default;

    /// <summary>Where the pixel memory comes from; <see cref="FramePool.Shared"/> when null.</summary>
    public FramePool? Pool { get; init; }
}
