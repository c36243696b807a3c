using System.Buffers;

namespace Edge.Imaging.Tests.Codecs;

/// <summary>Encoded pictures to take apart in tests.</summary>
internal static class JpegBytes
{
    public static byte[] Encode(ImageView image, ImageKind kind, int quality = 90, IImageCodec? codec = null)
    {
        var output = new ArrayBufferWriter<byte>();
        (codec ?? ImageCodec.Managed).Encode(image, kind, quality, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The JPEG with an Exif segment behind its start marker that gives the orientation.</summary>
    public static byte[] WithOrientation(byte[] jpeg, int orientation, bool littleEndian)
    {
        byte[] exif = littleEndian
            ? [.. "Exif\0\0II"u8, 42, 0, 8, 0, 0, 0, 2, 0, 0x0F, 1, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0]
            : [.. "Exif\0\0MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0];
        return [.. jpeg.AsSpan(0, 2), 0xFF, 0xE1, (byte)((exif.Length + 2) >> 8), (byte)(exif.Length + 2), .. exif, .. jpeg.AsSpan(2)];
    }
}
