namespace Edge.Onnx.Tests;

/// <summary>Writes protobuf by hand, also what no writer would write.</summary>
internal sealed class WireBytes
{
    private readonly List<byte> _bytes = [];

    public static implicit operator ReadOnlyMemory<byte>(WireBytes wire) => wire.ToArray();

    public byte[] ToArray() => [.. _bytes];

    public WireBytes Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>A tag, with any wire type.</summary>
    public WireBytes Tag(ulong field, int type) => Varint(field << 3 | (uint)type);

    /// <summary>A bare varint, without a tag.</summary>
    public WireBytes Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
        return this;
    }

    public WireBytes Int(int field, long value) => Tag((ulong)field, 0).Varint((ulong)value);

    public WireBytes Bytes(int field, ReadOnlySpan<byte> bytes) => Tag((ulong)field, 2).Varint((ulong)bytes.Length).Raw(bytes);

    public WireBytes Text(int field, string text) => Bytes(field, System.Text.Encoding.UTF8.GetBytes(text));

    public WireBytes Message(int field, WireBytes message) => Bytes(field, message.ToArray());

    /// <summary>A length-delimited field that promises <paramref name="length"/> bytes and brings none.</summary>
    public WireBytes Lie(int field, ulong length) => Tag((ulong)field, 2).Varint(length);

    public WireBytes Float(int field, float value) => Tag((ulong)field, 5).Raw(BitConverter.GetBytes(value));

    public WireBytes Repeat(int count, Action<WireBytes> write)
    {
        for (int i = 0; i < count; i++) write(this);
        return this;
    }
}
