using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>A key and its list of integers.</summary>
public sealed class IntIntListEntryProto : OnnxMessage
{
    private List<long>? _values;

    public long Key { get; set => field = Set(1, value); }

    public List<long> Values { get => _values ??= []; set => _values = value; }

    internal override int Footprint => 48;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Key = reader.Int64(tag, "key"); break;
            case 2: reader.Int64s(tag, "value", ref _values); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.Int64(1, "key", Key);
        sink.Int64s(2, "value", _values);
    }
}
