using System.Buffers.Binary;

namespace Edge.Imaging.Codecs;

/// <summary>Finds tag 274 in an Exif APP1 segment: a TIFF header and its first directory (TIFF 6.0, section 2).</summary>
internal static class ExifOrientation
{
    private const ushort OrientationTag = 274, ShortType = 3;

    /// <summary>Null where the segment is not Exif or does not say; a damaged Exif block says nothing either.</summary>
    public static Orientation? Read(ReadOnlySpan<byte> segment)
    {
        if (!segment.StartsWith("Exif\0\0"u8)) return null;
        ReadOnlySpan<byte> tiff = segment[6..];
        if (tiff.Length < 8) return null;
        bool little = tiff.StartsWith("II"u8);
        if (!little && !tiff.StartsWith("MM"u8)) return null;
        uint directory = U32(tiff[4..], little);
        if (directory > (uint)tiff.Length - 2) return null;
        int count = U16(tiff[(int)directory..], little);
        ReadOnlySpan<byte> entries = tiff[((int)directory + 2)..];
        for (int i = 0; i < count && entries.Length >= 12; i++, entries = entries[12..])
        {
            if (U16(entries, little) != OrientationTag || U16(entries[2..], little) != ShortType) continue;
            int value = U16(entries[8..], little);
            return value is >= 1 and <= 8 ? (Orientation)value : null;
        }
        return null;
    }

    private static ushort U16(ReadOnlySpan<byte> b, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(b) : BinaryPrimitives.ReadUInt16BigEndian(b);

    private static uint U32(ReadOnlySpan<byte> b, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(b) : BinaryPrimitives.ReadUInt32BigEndian(b);
}
