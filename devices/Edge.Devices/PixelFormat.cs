namespace Edge.Devices;

/// <summary>How the bytes of a <see cref="Frame"/> encode its pixels. Names give the byte order in memory.</summary>
public enum PixelFormat : byte
{
    /// <summary>One byte a pixel, 0 black, 255 white.</summary>
    Gray8,

    /// <summary>Three bytes a pixel: R, G, B.</summary>
    Rgb24,

    /// <summary>Three bytes a pixel: B, G, R.</summary>
    Bgr24,

    /// <summary>Four bytes a pixel: R, G, B, A. Alpha is not premultiplied and is ignored by everything but codecs.</summary>
    Rgba32,

    /// <summary>Four bytes a pixel: B, G, R, A.</summary>
    Bgra32,

    /// <summary>YUV 4:2:2, two pixels in four bytes: Y0, U, Y1, V (V4L2's <c>YUYV</c>). The width is even.</summary>
    Yuyv,

    /// <summary>
    /// YUV 4:2:0: a plane of Y, one byte a pixel, then a plane of interleaved U, V at half the width and height, with the
    /// same stride (V4L2's <c>NV12</c>). Width and height are even.
    /// </summary>
    Nv12,

    /// <summary>
    /// A compressed JPEG picture, as MJPEG cameras deliver it. The stride is 0; width and height are those that the camera
    /// announces.
    /// </summary>
    Jpeg,
}

public static class PixelFormatExtensions
{
    /// <summary>Bytes of one pixel in packed formats; 0 for <see cref="PixelFormat.Nv12"/> and <see cref="PixelFormat.Jpeg"/>.</summary>
    public static int BytesPerPixel(this PixelFormat format) => format switch
    {
        PixelFormat.Gray8 => 1,
        PixelFormat.Yuyv => 2,
        PixelFormat.Rgb24 or PixelFormat.Bgr24 => 3,
        PixelFormat.Rgba32 or PixelFormat.Bgra32 => 4,
        _ => 0,
    };

    /// <summary>Bytes from one row to the next when rows are not padded; 0 for <see cref="PixelFormat.Jpeg"/>.</summary>
    public static int PackedStride(this PixelFormat format, int width) =>
        format == PixelFormat.Nv12 ? width : checked(width * format.BytesPerPixel());

    /// <summary>Bytes of a picture of this format, size and stride; 0 for <see cref="PixelFormat.Jpeg"/>.</summary>
    /// <exception cref="OverflowException">The picture would exceed <see cref="int.MaxValue"/> bytes.</exception>
    public static int ByteLength(this PixelFormat format, int height, int stride) =>
        format == PixelFormat.Nv12 ? checked(stride * (height + (height + 1) / 2)) : checked(stride * height);
}
