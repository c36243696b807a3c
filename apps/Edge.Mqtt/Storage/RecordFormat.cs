using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Edge.Mqtt.Storage;

/// <summary>
/// The bytes of a segment file. All integers are little endian.
/// <code>
/// segment: "EDGEOBX1" | first ordinal u64 | crc32c u32 of these 16 bytes | 0 u32 | records
/// record:  marker u32 | body length u32 | ordinal u64 | crc32c u32 of length, ordinal and body | body
/// </code>
/// The marker lets a reader find the next record behind a damaged one, and the ordinal says how many were lost.
/// </summary>
internal static class RecordFormat
{
    public const int SegmentHeaderLength = 24;
    public const int RecordHeaderLength = 20;

    /// <summary>A longer length in a header is damage, not a record; it bounds what a reader allocates.</summary>
    public const int MaxBodyLength = 1 << 20;

    private const uint Marker = 0xB0E7_D6E5; // not ASCII and not UTF-8, so it is not found inside of JSON

    private static ReadOnlySpan<byte> Magic => "EDGEOBX1"u8;

    public static byte[] SegmentHeader(long firstOrdinal)
    {
        var header = new byte[SegmentHeaderLength];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), firstOrdinal);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), Crc32C.Of(header.AsSpan(0, 16)));
        return header;
    }

    public static bool IsSegmentHeader(ReadOnlySpan<byte> header, long firstOrdinal) =>
        header.Length >= SegmentHeaderLength && header[..SegmentHeaderLength].SequenceEqual(SegmentHeader(firstOrdinal));

    public static void WriteRecord(IBufferWriter<byte> output, long ordinal, ReadOnlySpan<byte> body)
    {
        Span<byte> record = output.GetSpan(RecordHeaderLength + body.Length)[..(RecordHeaderLength + body.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(record, Marker);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], body.Length);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], ordinal);
        body.CopyTo(record[RecordHeaderLength..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record[16..], Checksum(record));
        output.Advance(record.Length);
    }

    /// <summary>Takes a header apart. False if it cannot be one.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, out long ordinal, out int bodyLength)
    {
        ordinal = 0;
        bodyLength = 0;
        if (header.Length < RecordHeaderLength || BinaryPrimitives.ReadUInt32LittleEndian(header) != Marker)
            return false;
        bodyLength = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        ordinal = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        return bodyLength is >= 0 and <= MaxBodyLength;
    }

    /// <summary>Whether the bytes are one whole and undamaged record.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> record) =>
        TryReadHeader(record, out _, out int bodyLength) && record.Length == RecordHeaderLength + bodyLength
        && BinaryPrimitives.ReadUInt32LittleEndian(record[16..]) == Checksum(record);

    /// <summary>
    /// The offset of the first intact record in <paramref name="bytes"/> whose ordinal is at least
    /// <paramref name="minOrdinal"/> and below <paramref name="endOrdinal"/>; -1 if there is none.
    /// </summary>
    public static int FindRecord(ReadOnlySpan<byte> bytes, long minOrdinal, long endOrdinal)
    {
        Span<byte> marker = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(marker, Marker);
        for (int at = 0; ;)
        {
            int found = bytes[at..].IndexOf(marker);
            if (found < 0)
                return -1;
            at += found;
            if (TryReadHeader(bytes[at..], out long ordinal, out int bodyLength)
                && ordinal >= minOrdinal && ordinal < endOrdinal
                && bytes.Length - at - RecordHeaderLength >= bodyLength
                && IsIntact(bytes.Slice(at, RecordHeaderLength + bodyLength)))
                return at;
            at++;
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> record) =>
        Crc32C.Of(record.Slice(4, 12), record[RecordHeaderLength..]);
}

/// <summary>CRC-32C (Castagnoli, RFC 3720), the checksum that x64 and arm64 compute in hardware.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Append(uint.MaxValue, bytes);

    /// <summary>Of the two spans one after the other.</summary>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        ~Append(Append(uint.MaxValue, first), second);

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (byte b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}
