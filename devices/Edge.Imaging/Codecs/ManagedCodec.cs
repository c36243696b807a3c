using System.Buffers;
using Edge.Devices;

namespace Edge.Imaging.Codecs;

/// <summary>
/// Decodes and encodes without native code, with the same bytes on every machine: JPEG through StbImageSharp and
/// StbImageWriteSharp, PNG and BMP by the readers here.
/// </summary>
internal sealed class ManagedCodec : IImageCodec
{
    public string Name => "managed";

    public void Decode(ReadOnlySpan<byte> encoded, in ImageInfo info, PixelFormat format, Span<byte> pixels)
    {
        if (format is not (PixelFormat.Rgb24 or PixelFormat.Gray8)) throw new NotSupportedException($"decoding to {format}; supported: Rgb24, Gray8");
        switch (info.Kind)
        {
            case ImageKind.Jpeg: StbJpeg.Decode(encoded, info, format, pixels); break;
            case ImageKind.Png: PngReader.Decode(encoded, info, format, pixels); break;
            case ImageKind.Bmp: BmpReader.Decode(encoded, info, format, pixels); break;
            default: throw new NotSupportedException($"pictures of kind {info.Kind}");
        }
    }

    public void Encode(ImageView image, ImageKind kind, int quality, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (image.Format is not (PixelFormat.Rgb24 or PixelFormat.Gray8))
            throw new NotSupportedException($"encoding of {image.Format}; supported: Rgb24, Gray8");
        switch (kind)
        {
            case ImageKind.Png: PngWriter.Encode(image, output); break;
            case ImageKind.Jpeg: StbJpeg.Encode(image, quality, output); break;
            default: throw new NotSupportedException($"writing {kind}; supported: Jpeg, Png");
        }
    }
}
