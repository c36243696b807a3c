using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>A dictionary.</summary>
public sealed class MapTypeProto : OnnxMessage
{
    /// <summary>A value of <see cref="ElementType"/>: an integer type or string.</summary>
    public int KeyType { get; set => field = Set(1, value); }

    public TypeProto? ValueType { get; set; }

    internal override int Footprint => 48;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: KeyType = reader.Int32(tag, "key_type"); break;
            case 2: ValueType = reader.Message(tag, "value_type", ValueType); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.Int32(1, "key_type", KeyType);
        sink.Message(2, "value_type", ValueType);
    }
}
