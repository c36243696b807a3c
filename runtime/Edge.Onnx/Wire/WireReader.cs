using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Edge.Onnx.Wire;

/// <summary>
/// Reads protobuf's wire format from memory that may be hostile. No length is believed before it is compared with what is
/// left of the enclosing message, nothing is allocated before it is charged to the context, and every step consumes input.
/// Byte fields are views of the source. A repeated scalar is accepted packed and unpacked; a repeated singular message is
/// merged; of a repeated singular scalar the last value counts.
/// </summary>
internal ref struct WireReader
{
    private const int ListOverhead = 32 + 24;
    private const int StringOverhead = 24;

    private readonly ReadOnlyMemory<byte> _source;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadContext _context;
    private int _position;
    private int _end;

    public WireReader(ReadOnlyMemory<byte> source, ReadContext context)
    {
        _source = source;
        _bytes = source.Span;
        _context = context;
        _end = _bytes.Length;
    }

    /// <summary>Reads everything that is left of the enclosing message into <paramref name="message"/>.</summary>
    public void ReadAll(OnnxMessage message)
    {
        while (_position < _end)
        {
            WireTag tag = ReadTag();
            if (!message.ReadField(ref this, tag)) message.KeepUnknown(ref this, tag);
        }
    }

    public long Int64(WireTag tag, string field)
    {
        Expect(tag, WireType.Varint, field);
        return (long)ReadVarint(field);
    }

    /// <summary>The low 32 bits of a varint, as protobuf defines int32 and enumerations.</summary>
    public int Int32(WireTag tag, string field) => (int)Int64(tag, field);

    public float Float(WireTag tag, string field)
    {
        Expect(tag, WireType.Fixed32, field);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float), field));
    }

    public string String(WireTag tag, string field)
    {
        Expect(tag, WireType.LengthDelimited, field);
        int length = ReadLength(field);
        if (length == 0) return "";
        int offset = _position;
        ReadOnlySpan<byte> utf8 = Take(length, field);
        if (!Utf8.IsValid(utf8)) _context.Fail(field, "the text is not valid UTF-8", offset);
        _context.Charge(StringOverhead + 2L * length, field, offset);
        return Encoding.UTF8.GetString(utf8);
    }

    /// <summary>A view of the source.</summary>
    public ReadOnlyMemory<byte> Bytes(WireTag tag, string field)
    {
        Expect(tag, WireType.LengthDelimited, field);
        int length = ReadLength(field);
        ReadOnlyMemory<byte> bytes = _source.Slice(_position, length);
        _position += length;
        return bytes;
    }

    /// <summary>Reads a singular sub-message, into <paramref name="existing"/> if the field was there before.</summary>
    public T Message<T>(WireTag tag, string field, T? existing) where T : OnnxMessage, new()
    {
        Expect(tag, WireType.LengthDelimited, field);
        T message = existing ?? Charged<T>(field);
        ReadNested(message, field, -1);
        return message;
    }

    public void Messages<T>(WireTag tag, string field, ref List<T>? list) where T : OnnxMessage, new()
    {
        Expect(tag, WireType.LengthDelimited, field);
        T message = Charged<T>(field);
        int index = list?.Count ?? 0;
        Append(ref list, message, field);
        ReadNested(message, field, index);
    }

    public void Strings(WireTag tag, string field, ref List<string>? list) => Append(ref list, String(tag, field), field);

    public void ByteStrings(WireTag tag, string field, ref List<ReadOnlyMemory<byte>>? list) => Append(ref list, Bytes(tag, field), field);

    public void Int32s(WireTag tag, string field, ref List<int>? list)
    {
        if (tag.Type != WireType.LengthDelimited)
        {
            Append(ref list, Int32(tag, field), field);
            return;
        }
        int count = PackedVarints(field, out int end);
        foreach (ref int value in Packed(ref list, count, field)) value = (int)ReadVarint(field);
        _end = end;
    }

    public void Int64s(WireTag tag, string field, ref List<long>? list)
    {
        if (tag.Type != WireType.LengthDelimited)
        {
            Append(ref list, Int64(tag, field), field);
            return;
        }
        int count = PackedVarints(field, out int end);
        foreach (ref long value in Packed(ref list, count, field)) value = (long)ReadVarint(field);
        _end = end;
    }

    public void UInt64s(WireTag tag, string field, ref List<ulong>? list)
    {
        if (tag.Type != WireType.LengthDelimited)
        {
            Append(ref list, (ulong)Int64(tag, field), field);
            return;
        }
        int count = PackedVarints(field, out int end);
        foreach (ref ulong value in Packed(ref list, count, field)) value = ReadVarint(field);
        _end = end;
    }

    public void Floats(WireTag tag, string field, ref List<float>? list)
    {
        if (tag.Type != WireType.LengthDelimited)
        {
            Append(ref list, Float(tag, field), field);
            return;
        }
        ReadOnlySpan<byte> bytes = PackedFixed(sizeof(float), field);
        Span<float> values = Packed(ref list, bytes.Length / sizeof(float), field);
        for (int i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
    }

    public void Doubles(WireTag tag, string field, ref List<double>? list)
    {
        if (tag.Type != WireType.LengthDelimited)
        {
            Expect(tag, WireType.Fixed64, field);
            Append(ref list, BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double), field)), field);
            return;
        }
        ReadOnlySpan<byte> bytes = PackedFixed(sizeof(double), field);
        Span<double> values = Packed(ref list, bytes.Length / sizeof(double), field);
        for (int i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * sizeof(double))..]);
    }

    /// <summary>Skips a field whose tag was read, and keeps its bytes, tag included.</summary>
    public void Unknown(WireTag tag, ref List<ReadOnlyMemory<byte>>? list)
    {
        Skip(tag);
        ReadOnlyMemory<byte> whole = _source[tag.Offset.._position];
        if (list is { Count: > 0 } && Continues(list[^1], whole, out ReadOnlyMemory<byte> joined)) list[^1] = joined;
        else Append(ref list, whole, "");
    }

    /// <summary>Whether <paramref name="next"/> lies right behind <paramref name="last"/> in the source.</summary>
    private readonly bool Continues(ReadOnlyMemory<byte> last, ReadOnlyMemory<byte> next, out ReadOnlyMemory<byte> joined)
    {
        _bytes.Overlaps(last.Span, out int start);
        _bytes.Overlaps(next.Span, out int following);
        bool adjacent = start + last.Length == following;
        joined = adjacent ? _source.Slice(start, last.Length + next.Length) : default;
        return adjacent;
    }

    private WireTag ReadTag()
    {
        int offset = _position;
        ulong key = ReadVarint("");
        ulong field = key >> 3;
        int type = (int)(key & 7);
        if (field is 0 or > 536870911) _context.Fail("", $"{field} is not a field number", offset);
        if (type > (int)WireType.Fixed32) _context.Fail("", $"wire type {type} of field {field} does not exist", offset);
        return new WireTag((int)field, (WireType)type, offset);
    }

    private readonly void Expect(WireTag tag, WireType type, string field)
    {
        if (tag.Type != type) FailType(tag, type, field);
    }

    [DoesNotReturn]
    private readonly void FailType(WireTag tag, WireType type, string field) =>
        _context.Fail(field, $"wire type {(int)tag.Type} ({tag.Type}) instead of {(int)type} ({type})", tag.Offset);

    private ulong ReadVarint(string field)
    {
        if (_position < _end && _bytes[_position] < 0x80) return _bytes[_position++];
        int offset = _position;
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_position == _end) _context.Fail(field, "a number is cut short", offset);
            byte part = _bytes[_position++];
            if (shift == 63 && part > 1) break;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        _context.Fail(field, "a number has more than 64 bits", offset);
        return 0;
    }

    private int ReadLength(string field)
    {
        int offset = _position;
        ulong length = ReadVarint(field);
        int left = _end - _position;
        if (length > (ulong)left)
        {
            _context.Fail(field, string.Create(CultureInfo.InvariantCulture,
                $"length {length} at offset {offset} exceeds the {left:N0} bytes that are left"));
        }
        return (int)length;
    }

    private ReadOnlySpan<byte> Take(int length, string field)
    {
        if (length > _end - _position) _context.Fail(field, $"{length} bytes are needed, {_end - _position} are left", _position);
        ReadOnlySpan<byte> bytes = _bytes.Slice(_position, length);
        _position += length;
        return bytes;
    }

    private readonly T Charged<T>(string field) where T : OnnxMessage, new()
    {
        T message = new();
        _context.Charge(message.Footprint, field, _position);
        return message;
    }

    private void ReadNested(OnnxMessage message, string field, int index)
    {
        int offset = _position;
        int length = ReadLength(field);
        _context.Enter(field, index, offset);
        int outer = _end;
        _end = _position + length;
        ReadAll(message);
        _end = outer;
        _context.Leave();
    }

    /// <summary>
    /// Enters a packed field of varints and counts them: each ends with a byte below 128. The caller reads that many and
    /// then restores <paramref name="outerEnd"/>.
    /// </summary>
    private int PackedVarints(string field, out int outerEnd)
    {
        int offset = _position;
        int length = ReadLength(field);
        ReadOnlySpan<byte> bytes = _bytes.Slice(_position, length);
        if (length != 0 && bytes[^1] >= 0x80) _context.Fail(field, "the last number of a packed list is cut short", offset);
        outerEnd = _end;
        _end = _position + length;
        int count = 0;
        foreach (byte part in bytes) count += part < 0x80 ? 1 : 0;
        return count;
    }

    private ReadOnlySpan<byte> PackedFixed(int size, string field)
    {
        int offset = _position;
        int length = ReadLength(field);
        if (length % size != 0) _context.Fail(field, $"a packed list of {length} bytes is not a multiple of {size}", offset);
        return Take(length, field);
    }

    /// <summary>Lengthens a list by <paramref name="count"/> entries and returns the place for them.</summary>
    private readonly Span<T> Packed<T>(ref List<T>? list, int count, string field)
    {
        if (count == 0) return default;
        int before = list?.Count ?? 0;
        Reserve(ref list, count, field);
        CollectionsMarshal.SetCount(list, before + count);
        return CollectionsMarshal.AsSpan(list)[before..];
    }

    private readonly void Append<T>(ref List<T>? list, T item, string field)
    {
        Reserve(ref list, 1, field);
        list.Add(item);
    }

    /// <summary>Makes room for more entries, at least doubling a list that is full, and charges for the new array.</summary>
    private readonly void Reserve<T>([NotNull] ref List<T>? list, int count, string field)
    {
        if (list is null)
        {
            int first = Math.Max(count, 4);
            _context.Charge(ListOverhead + (long)first * Unsafe.SizeOf<T>(), field, _position);
            list = new List<T>(first);
            return;
        }
        long needed = (long)list.Count + count;
        if (needed <= list.Capacity) return;
        long capacity = Math.Max(needed, Math.Min(2L * list.Capacity, Array.MaxLength));
        _context.Charge(ListOverhead + capacity * Unsafe.SizeOf<T>(), field, _position);
        list.Capacity = (int)capacity;
    }

    /// <summary>Skips the value behind a tag. Groups are nested like messages, and bounded with them.</summary>
    private void Skip(WireTag tag)
    {
        string field = "";
        switch (tag.Type)
        {
            case WireType.Varint: ReadVarint(field); break;
            case WireType.Fixed64: Take(8, field); break;
            case WireType.Fixed32: Take(4, field); break;
            case WireType.LengthDelimited: Take(ReadLength(field), field); break;
            case WireType.StartGroup: SkipGroup(tag); break;
            default: _context.Fail(field, $"group {tag.Field} ends but never began", tag.Offset); break;
        }
    }

    private void SkipGroup(WireTag start)
    {
        _context.Enter($"group {start.Field}", -1, start.Offset);
        while (true)
        {
            if (_position == _end) _context.Fail("", "the group does not end", start.Offset);
            WireTag tag = ReadTag();
            if (tag.Type != WireType.EndGroup)
            {
                Skip(tag);
                continue;
            }
            if (tag.Field != start.Field) _context.Fail("", $"the group ends as group {tag.Field}", tag.Offset);
            break;
        }
        _context.Leave();
    }
}
