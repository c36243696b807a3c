using System.Buffers.Binary;

namespace Edge.Imaging.Codecs;

/// <summary>
/// Walks the marker segments of a JPEG (ITU-T T.81, annex B) without decoding it.
/// </summary>
internal static class JpegMarkers
{
    private const byte Soi = 0xD8, Eoi = 0xD9, Sos = 0xDA, App1 = 0xE1, Rst0 = 0xD0, Rst7 = 0xD7, Tem = 0x01;

    /// <summary>Scans in a file at most. Progressive encoders write about ten; thousands over a large picture take minutes to decode.</summary>
    private const int MaxScans = 100;

    /// <exception cref="ImageException">Not decodable here, or the end marker is missing.</exception>
    public static ImageInfo ReadInfo(ReadOnlySpan<byte> jpeg)
    {
        ImageInfo? info = null;
        var orientation = Orientation.Upright;
        int scans = 0;
        int at = 2;
        while (true)
        {
            byte marker = NextMarker(jpeg, ref at);
            if (marker == Eoi) break;
            if (marker is Soi or Tem or (>= Rst0 and <= Rst7)) continue;
            ReadOnlySpan<byte> segment = Segment(jpeg, ref at);
            if (marker == App1) orientation = ExifOrientation.Read(segment) ?? orientation;
            else if (IsFrameHeader(marker)) info = ReadFrame(marker, segment);
            else if (marker == Sos)
            {
                if (++scans > MaxScans) throw new ImageException($"the JPEG has more than {MaxScans} scans");
                SkipEntropyCoded(jpeg, ref at);
            }
        }
        if (info is null) throw new ImageException("the JPEG has no frame header");
        if (scans == 0) throw new ImageException("the JPEG holds no picture data");
        return info.Value with { Orientation = orientation };
    }

    /// <summary>SOF0…SOF15 without DHT (C4), JPG (C8) and DAC (CC), which share the range.</summary>
    private static bool IsFrameHeader(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static ImageInfo ReadFrame(byte marker, ReadOnlySpan<byte> segment)
    {
        if (marker is not (0xC0 or 0xC1 or 0xC2))
            throw new ImageException($"the JPEG is coded as SOF{marker - 0xC0}; supported: baseline, extended and progressive Huffman (SOF0, SOF1, SOF2)");
        if (segment.Length < 6) throw new ImageException("the JPEG's frame header is cut off");
        if (segment[0] != 8) throw new ImageException($"the JPEG has {segment[0]} bits a sample; supported: 8");
        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        int components = segment[5];
        if (width == 0 || height == 0) throw new ImageException($"the JPEG claims {width}x{height} pixels");
        if (components is not (1 or 3 or 4)) throw new ImageException($"the JPEG has {components} components; supported: 1, 3, 4");
        return new ImageInfo(ImageKind.Jpeg, width, height, components);
    }

    /// <summary>The marker at <paramref name="at"/>, fill bytes skipped; <paramref name="at"/> moves behind it.</summary>
    private static byte NextMarker(ReadOnlySpan<byte> jpeg, ref int at)
    {
        if (at < jpeg.Length && jpeg[at] != 0xFF) throw new ImageException($"the JPEG is damaged: no marker at byte {at}");
        while (at < jpeg.Length && jpeg[at] == 0xFF) at++;
        if (at >= jpeg.Length) throw Truncated();
        return jpeg[at++];
    }

    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> jpeg, ref int at)
    {
        if (jpeg.Length - at < 2) throw Truncated();
        int length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[at..]);
        if (length < 2) throw new ImageException($"the JPEG is damaged: a segment of {length} bytes at byte {at}");
        if (jpeg.Length - at < length) throw Truncated();
        ReadOnlySpan<byte> segment = jpeg.Slice(at + 2, length - 2);
        at += length;
        return segment;
    }

    /// <summary>Moves to the next marker that is neither a stuffed FF00 nor a restart marker.</summary>
    private static void SkipEntropyCoded(ReadOnlySpan<byte> jpeg, ref int at)
    {
        while (true)
        {
            int ff = jpeg[at..].IndexOf((byte)0xFF);
            if (ff < 0 || at + ff + 1 >= jpeg.Length) throw Truncated();
            at += ff;
            byte next = jpeg[at + 1];
            if (next == 0xFF) at++;
            else if (next is 0 or (>= Rst0 and <= Rst7)) at += 2;
            else return;
        }
    }

    private static ImageException Truncated() => new("the JPEG is truncated: its end marker is missing");
}
