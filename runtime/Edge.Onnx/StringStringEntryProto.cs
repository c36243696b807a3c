using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>A key and its value.</summary>
public sealed class StringStringEntryProto : OnnxMessage
{
    public string Key { get; set => field = Set(1, value); } = "";

    public string Value { get; set => field = Set(2, value); } = "";

    internal override int Footprint => 48;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Key = reader.String(tag, "key"); break;
            case 2: Value = reader.String(tag, "value"); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.String(1, "key", Key);
        if (Has(2)) sink.String(2, "value", Value);
    }
}
