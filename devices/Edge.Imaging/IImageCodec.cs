using System.Buffers;
using Edge.Devices;

namespace Edge.Imaging;

/// <summary>
/// Turns encoded pictures into pixels and back. The seam for another library: an implementation is given a header that is
/// already parsed and checked against the limits, and memory of the right size to fill.
/// </summary>
/// <remarks>
/// Implementations are safe for concurrent use. Callers use the extension methods of <see cref="ImageCodecExtensions"/>,
/// which check limits, own memory and honour the orientation.
/// </remarks>
public interface IImageCodec
{
    /// <summary>What logs and reports call it: <c>managed</c>, <c>turbojpeg</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Decodes all pixels as they are stored, ignoring orientation, alpha and colour profiles.
    /// </summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="info">What <see cref="ImageHeader.Read"/> says of it.</param>
    /// <param name="format"><see cref="PixelFormat.Rgb24"/> or <see cref="PixelFormat.Gray8"/>.</param>
    /// <param name="pixels">Exactly width · height pixels without padding, to be written.</param>
    /// <exception cref="ImageException">The picture is truncated, damaged or of a kind that is not supported.</exception>
    void Decode(ReadOnlySpan<byte> encoded, in ImageInfo info, PixelFormat format, Span<byte> pixels);

    /// <summary>Encodes a picture.</summary>
    /// <param name="image"><see cref="PixelFormat.Rgb24"/> or <see cref="PixelFormat.Gray8"/>.</param>
    /// <param name="kind"><see cref="ImageKind.Jpeg"/> or <see cref="ImageKind.Png"/>.</param>
    /// <param name="quality">1 to 100, of JPEG only.</param>
    /// <param name="output">Receives the bytes.</param>
    /// <exception cref="NotSupportedException">The format or kind is none of those above.</exception>
    void Encode(ImageView image, ImageKind kind, int quality, IBufferWriter<byte> output);
}
