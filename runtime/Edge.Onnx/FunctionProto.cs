using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>An operator that is defined by nodes.</summary>
public sealed class FunctionProto : OnnxMessage
{
    private List<string>? _inputs;
    private List<string>? _outputs;
    private List<string>? _attributes;
    private List<NodeProto>? _nodes;
    private List<OperatorSetIdProto>? _opsetImports;
    private List<AttributeProto>? _attributeProtos;
    private List<ValueInfoProto>? _valueInfos;
    private List<StringStringEntryProto>? _metadataProps;

    public string Name { get; set => field = Set(1, value); } = "";

    public List<string> Inputs { get => _inputs ??= []; set => _inputs = value; }

    public List<string> Outputs { get => _outputs ??= []; set => _outputs = value; }

    /// <summary>Names of attributes without a default.</summary>
    public List<string> Attributes { get => _attributes ??= []; set => _attributes = value; }

    public List<NodeProto> Nodes { get => _nodes ??= []; set => _nodes = value; }

    public string DocString { get; set => field = Set(8, value); } = "";

    public List<OperatorSetIdProto> OpsetImports { get => _opsetImports ??= []; set => _opsetImports = value; }

    public string Domain { get; set => field = Set(10, value); } = "";

    /// <summary>Attributes with their defaults.</summary>
    public List<AttributeProto> AttributeProtos { get => _attributeProtos ??= []; set => _attributeProtos = value; }

    public List<ValueInfoProto> ValueInfos { get => _valueInfos ??= []; set => _valueInfos = value; }

    public string Overload { get; set => field = Set(13, value); } = "";

    public List<StringStringEntryProto> MetadataProps { get => _metadataProps ??= []; set => _metadataProps = value; }

    internal override int Footprint => 128;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Name = reader.String(tag, "name"); break;
            case 4: reader.Strings(tag, "input", ref _inputs); break;
            case 5: reader.Strings(tag, "output", ref _outputs); break;
            case 6: reader.Strings(tag, "attribute", ref _attributes); break;
            case 7: reader.Messages(tag, "node", ref _nodes); break;
            case 8: DocString = reader.String(tag, "doc_string"); break;
            case 9: reader.Messages(tag, "opset_import", ref _opsetImports); break;
            case 10: Domain = reader.String(tag, "domain"); break;
            case 11: reader.Messages(tag, "attribute_proto", ref _attributeProtos); break;
            case 12: reader.Messages(tag, "value_info", ref _valueInfos); break;
            case 13: Overload = reader.String(tag, "overload"); break;
            case 14: reader.Messages(tag, "metadata_props", ref _metadataProps); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.String(1, "name", Name);
        sink.Strings(4, "input", _inputs);
        sink.Strings(5, "output", _outputs);
        sink.Strings(6, "attribute", _attributes);
        sink.Messages(7, "node", _nodes);
        if (Has(8)) sink.String(8, "doc_string", DocString);
        sink.Messages(9, "opset_import", _opsetImports);
        if (Has(10)) sink.String(10, "domain", Domain);
        sink.Messages(11, "attribute_proto", _attributeProtos);
        sink.Messages(12, "value_info", _valueInfos);
        if (Has(13)) sink.String(13, "overload", Overload);
        sink.Messages(14, "metadata_props", _metadataProps);
    }
}
