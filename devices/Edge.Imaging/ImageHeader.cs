using System.Buffers.Binary;
using Edge.Imaging.Codecs;

namespace Edge.Imaging;

/// <summary>
/// Says what an encoded picture is from its bytes, never from its file name. Nothing is allocated, and no length in the
/// file is believed beyond the bytes that are there.
/// </summary>
public static class ImageHeader
{
    internal static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads the header.</summary>
    /// <param name="encoded">The whole file: a JPEG is walked to its end marker, to find one that was cut short.</param>
    /// <exception cref="ImageException">It is no JPEG, PNG or BMP, or the header is damaged, or asks for what no codec here does.</exception>
    public static ImageInfo Read(ReadOnlySpan<byte> encoded)
    {
        if (encoded.StartsWith(PngSignature)) return ReadPng(encoded);
        if (encoded.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return JpegMarkers.ReadInfo(encoded);
        if (encoded.StartsWith("BM"u8)) return BmpReader.ReadInfo(encoded);
        throw new ImageException("not a JPEG, PNG or BMP picture");
    }

    private static ImageInfo ReadPng(ReadOnlySpan<byte> encoded)
    {
        // Signature, then the IHDR chunk: length 13, type, width, height, depth, colour type, …
        if (encoded.Length < 33 || !encoded.Slice(12, 4).SequenceEqual("IHDR"u8)) throw new ImageException("the PNG is cut off in its header");
        uint width = BinaryPrimitives.ReadUInt32BigEndian(encoded[16..]);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(encoded[20..]);
        if (width - 1 >= int.MaxValue || height - 1 >= int.MaxValue) throw new ImageException($"the PNG claims {width}x{height} pixels");
        int channels = encoded[25] switch { 0 => 1, 4 => 2, 6 => 4, _ => 3 };
        return new ImageInfo(ImageKind.Png, (int)width, (int)height, channels);
    }
}
