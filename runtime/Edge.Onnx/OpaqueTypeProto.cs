using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>A type that only its domain knows.</summary>
public sealed class OpaqueTypeProto : OnnxMessage
{
    public string Domain { get; set => field = Set(1, value); } = "";

    public string Name { get; set => field = Set(2, value); } = "";

    internal override int Footprint => 48;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Domain = reader.String(tag, "domain"); break;
            case 2: Name = reader.String(tag, "name"); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.String(1, "domain", Domain);
        if (Has(2)) sink.String(2, "name", Name);
    }
}
