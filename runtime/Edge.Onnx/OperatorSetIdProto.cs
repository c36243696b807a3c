using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>An operator set and its version.</summary>
public sealed class OperatorSetIdProto : OnnxMessage
{
    /// <summary>Empty (or <c>ai.onnx</c>) is ONNX's own.</summary>
    public string Domain { get; set => field = Set(1, value); } = "";

    public long Version { get; set => field = Set(2, value); }

    internal override int Footprint => 48;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Domain = reader.String(tag, "domain"); break;
            case 2: Version = reader.Int64(tag, "version"); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.String(1, "domain", Domain);
        if (Has(2)) sink.Int64(2, "version", Version);
    }
}
