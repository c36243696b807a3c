using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>The name and type of a value of a graph.</summary>
public sealed class ValueInfoProto : OnnxMessage
{
    private List<StringStringEntryProto>? _metadataProps;

    public string Name { get; set => field = Set(1, value); } = "";

    public TypeProto? Type { get; set; }

    public string DocString { get; set => field = Set(3, value); } = "";

    public List<StringStringEntryProto> MetadataProps { get => _metadataProps ??= []; set => _metadataProps = value; }

    internal override int Footprint => 64;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Name = reader.String(tag, "name"); break;
            case 2: Type = reader.Message(tag, "type", Type); break;
            case 3: DocString = reader.String(tag, "doc_string"); break;
            case 4: reader.Messages(tag, "metadata_props", ref _metadataProps); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.String(1, "name", Name);
        sink.Message(2, "type", Type);
        if (Has(3)) sink.String(3, "doc_string", DocString);
        sink.Messages(4, "metadata_props", _metadataProps);
    }
}
