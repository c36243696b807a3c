using System.Diagnostics;
using Edge.Devices;

namespace Edge.Imaging;

/// <summary>
/// Pixels without ownership, to read from: rows from top to bottom, <see cref="Stride"/> bytes apart. Valid as long as
/// the memory behind it is.
/// </summary>
public readonly ref struct ImageView
{
    /// <param name="pixels">Starts with the first pixel of the top row. It may be longer than the picture.</param>
    /// <param name="width">Pixels in a row; even for YUV formats.</param>
    /// <param name="height">Rows; even for NV12.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="format">Not <see cref="PixelFormat.Jpeg"/>: decode it first.</param>
    /// <exception cref="ArgumentException">The memory or the stride is too small, or the size does not suit the format.</exception>
    public ImageView(ReadOnlySpan<byte> pixels, int width, int height, int stride, PixelFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (format == PixelFormat.Jpeg) throw new ArgumentException("a compressed picture has no pixels to view: decode it first");
        if (format is PixelFormat.Yuyv or PixelFormat.Nv12 && width % 2 != 0 || format == PixelFormat.Nv12 && height % 2 != 0)
            throw new ArgumentException($"{width}x{height} is not possible in {format}: its chroma is shared by pairs of pixels");
        if (stride < format.PackedStride(width))
            throw new ArgumentException($"stride {stride} is less than a row of {width} {format} pixels");
        // The last row needs no padding.
        long need = format.ByteLength(height, stride) - (stride - format.PackedStride(width));
        if (pixels.Length < need) throw new ArgumentException($"{pixels.Length} bytes do not hold a {width}x{height} {format} picture of {need}");
        Pixels = pixels;
        (Width, Height, Stride, Format) = (width, height, stride, format);
    }

    public ReadOnlySpan<byte> Pixels { get; }

    public int Width { get; }

    public int Height { get; }

    public int Stride { get; }

    public PixelFormat Format { get; }

    /// <summary>The bytes of row <paramref name="y"/>; of NV12, its luma.</summary>
    public ReadOnlySpan<byte> Row(int y)
    {
        Debug.Assert((uint)y < (uint)Height);
        return Pixels.Slice(y * Stride, Format.PackedStride(Width));
    }

    /// <summary>Of NV12, the U, V pairs that belong to row <paramref name="y"/>.</summary>
    internal ReadOnlySpan<byte> ChromaRow(int y)
    {
        Debug.Assert(Format == PixelFormat.Nv12);
        return Pixels.Slice((Height + y / 2) * Stride, Width);
    }
}

public static class FrameViewExtensions
{
    /// <summary>The pixels of a frame, valid until it is disposed.</summary>
    /// <exception cref="ArgumentException">The frame is a compressed picture.</exception>
    public static ImageView View(this Frame frame) =>
        new(frame.Pixels.Span, frame.Width, frame.Height, frame.Stride, frame.Format);
}
