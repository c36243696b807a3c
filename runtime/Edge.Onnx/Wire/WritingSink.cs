using System.Buffers.Binary;
using System.Text;

namespace Edge.Onnx.Wire;

/// <summary>
/// Writes a message to a stream, with the sizes that <see cref="MeasuringSink"/> found. Small fields are gathered in a
/// buffer, long ones go to the stream directly. <see cref="Flush"/> ends it.
/// </summary>
/// <param name="stream">Where the bytes go.</param>
/// <param name="sizes"><see cref="MeasuringSink.Sizes"/> of the same message.</param>
/// <param name="bufferLength">At least <see cref="MaxVarint"/>.</param>
internal sealed class WritingSink(Stream stream, List<long> sizes, int bufferLength = 64 * 1024) : FieldSink
{
    public const int MaxVarint = 10;

    private readonly byte[] _buffer = new byte[bufferLength];
    private int _used;
    private int _nextSize;

    public override void Int64(int field, string name, long value)
    {
        Tag(field, WireType.Varint);
        Varint((ulong)value);
    }

    public override void Float(int field, string name, float value)
    {
        Tag(field, WireType.Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(Room(sizeof(float)), value);
        _used += sizeof(float);
    }

    public override void String(int field, string name, string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Delimited(field, length);
        if (length > _buffer.Length)
        {
            Raw(Encoding.UTF8.GetBytes(value));
            return;
        }
        Span<byte> room = Room(length);
        _used += Encoding.UTF8.GetBytes(value, room);
    }

    public override void Bytes(int field, string name, ReadOnlyMemory<byte> value)
    {
        Delimited(field, value.Length);
        Raw(value.Span);
    }

    public override void PackedInt32s(int field, string name, List<int>? values)
    {
        if (values is not { Count: > 0 }) return;
        Delimited(field, sizes[_nextSize++]);
        foreach (int value in values) Varint((ulong)(long)value);
    }

    public override void PackedInt64s(int field, string name, List<long>? values)
    {
        if (values is not { Count: > 0 }) return;
        Delimited(field, sizes[_nextSize++]);
        foreach (long value in values) Varint((ulong)value);
    }

    public override void PackedUInt64s(int field, string name, List<ulong>? values)
    {
        if (values is not { Count: > 0 }) return;
        Delimited(field, sizes[_nextSize++]);
        foreach (ulong value in values) Varint(value);
    }

    public override void PackedFloats(int field, string name, List<float>? values)
    {
        if (values is not { Count: > 0 }) return;
        Delimited(field, (long)values.Count * sizeof(float));
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(Room(sizeof(float)), value);
            _used += sizeof(float);
        }
    }

    public override void PackedDoubles(int field, string name, List<double>? values)
    {
        if (values is not { Count: > 0 }) return;
        Delimited(field, (long)values.Count * sizeof(double));
        foreach (double value in values)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(Room(sizeof(double)), value);
            _used += sizeof(double);
        }
    }

    public override void Unknown(List<ReadOnlyMemory<byte>> fields)
    {
        foreach (ReadOnlyMemory<byte> piece in fields) Raw(piece.Span);
    }

    public void Flush()
    {
        stream.Write(_buffer, 0, _used);
        _used = 0;
    }

    protected override void Present(int field, string name, OnnxMessage message)
    {
        Delimited(field, sizes[_nextSize++]);
        message.WriteAll(this);
    }

    private void Tag(int field, WireType type) => Varint((ulong)field << 3 | (uint)type);

    private void Delimited(int field, long length)
    {
        Tag(field, WireType.LengthDelimited);
        Varint((ulong)length);
    }

    private void Varint(ulong value)
    {
        Span<byte> room = Room(MaxVarint);
        int length = 0;
        for (; value >= 0x80; value >>= 7) room[length++] = (byte)(value | 0x80);
        room[length++] = (byte)value;
        _used += length;
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _used) Flush();
        if (bytes.Length > _buffer.Length)
        {
            stream.Write(bytes);
            return;
        }
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    /// <summary>At least <paramref name="length"/> free bytes, at most the buffer's own size.</summary>
    private Span<byte> Room(int length)
    {
        if (length > _buffer.Length - _used) Flush();
        return _buffer.AsSpan(_used);
    }
}
