using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>
/// What every message of ONNX's wire format (onnx.proto) has: which optional fields are present, and the fields that
/// this version does not know. A number or string that was never set reads as its default and is not written; once
/// set, even to the default, it is. Lists are never null and are written when they have entries; a sub-message is
/// present when it is not null. A message may be read by several threads while none changes it.
/// </summary>
public abstract class OnnxMessage
{
    private ulong _present;
    private List<ReadOnlyMemory<byte>>? _unknownFields;

    private protected OnnxMessage()
    {
    }

    /// <summary>
    /// Fields that this version does not know, each entry one or more whole encoded fields (tag and value). They are
    /// written after the known ones, byte for byte.
    /// </summary>
    public List<ReadOnlyMemory<byte>> UnknownFields { get => _unknownFields ??= []; set => _unknownFields = value; }

    /// <summary>Whether the number or string field that has this field number in onnx.proto was read or set.</summary>
    public bool Has(int fieldNumber) => fieldNumber is > 0 and < 64 && (_present >> fieldNumber & 1) != 0;

    /// <summary>An upper bound of the bytes that an empty message takes in memory; a test compares it with the truth.</summary>
    internal abstract int Footprint { get; }

    /// <summary>Reads the field behind <paramref name="tag"/> into this message; false, with nothing read, if it is unknown.</summary>
    internal abstract bool ReadField(ref WireReader reader, WireTag tag);

    /// <summary>Gives the fields that are present to <paramref name="sink"/>, in the order of their numbers.</summary>
    internal abstract void WriteFields(FieldSink sink);

    internal void KeepUnknown(ref WireReader reader, WireTag tag) => reader.Unknown(tag, ref _unknownFields);

    /// <summary>Gives all fields, the unknown ones last.</summary>
    internal void WriteAll(FieldSink sink)
    {
        WriteFields(sink);
        if (_unknownFields is { Count: > 0 }) sink.Unknown(_unknownFields);
    }

    /// <summary>Marks a field, whose number is below 64, as present.</summary>
    private protected T Set<T>(int fieldNumber, T value)
    {
        _present |= 1UL << fieldNumber;
        return value;
    }

    private protected void Clear(int fieldNumber) => _present &= ~(1UL << fieldNumber);
}
