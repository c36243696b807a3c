using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>One application of an operator. An empty input or output name means: left out.</summary>
public sealed class NodeProto : OnnxMessage
{
    private List<string>? _inputs;
    private List<string>? _outputs;
    private List<AttributeProto>? _attributes;
    private List<StringStringEntryProto>? _metadataProps;
    private List<NodeDeviceConfigurationProto>? _deviceConfigurations;

    public List<string> Inputs { get => _inputs ??= []; set => _inputs = value; }

    public List<string> Outputs { get => _outputs ??= []; set => _outputs = value; }

    public string Name { get; set => field = Set(3, value); } = "";

    public string OpType { get; set => field = Set(4, value); } = "";

    public List<AttributeProto> Attributes { get => _attributes ??= []; set => _attributes = value; }

    public string DocString { get; set => field = Set(6, value); } = "";

    /// <summary>The operator set of <see cref="OpType"/>; empty (or <c>ai.onnx</c>) is ONNX's own.</summary>
    public string Domain { get; set => field = Set(7, value); } = "";

    /// <summary>Chooses among functions of the model with the same name.</summary>
    public string Overload { get; set => field = Set(8, value); } = "";

    public List<StringStringEntryProto> MetadataProps { get => _metadataProps ??= []; set => _metadataProps = value; }

    public List<NodeDeviceConfigurationProto> DeviceConfigurations { get => _deviceConfigurations ??= []; set => _deviceConfigurations = value; }

    internal override int Footprint => 112;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: reader.Strings(tag, "input", ref _inputs); break;
            case 2: reader.Strings(tag, "output", ref _outputs); break;
            case 3: Name = reader.String(tag, "name"); break;
            case 4: OpType = reader.String(tag, "op_type"); break;
            case 5: reader.Messages(tag, "attribute", ref _attributes); break;
            case 6: DocString = reader.String(tag, "doc_string"); break;
            case 7: Domain = reader.String(tag, "domain"); break;
            case 8: Overload = reader.String(tag, "overload"); break;
            case 9: reader.Messages(tag, "metadata_props", ref _metadataProps); break;
            case 10: reader.Messages(tag, "device_configurations", ref _deviceConfigurations); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        sink.Strings(1, "input", _inputs);
        sink.Strings(2, "output", _outputs);
        if (Has(3)) sink.String(3, "name", Name);
        if (Has(4)) sink.String(4, "op_type", OpType);
        sink.Messages(5, "attribute", _attributes);
        if (Has(6)) sink.String(6, "doc_string", DocString);
        if (Has(7)) sink.String(7, "domain", Domain);
        if (Has(8)) sink.String(8, "overload", Overload);
        sink.Messages(9, "metadata_props", _metadataProps);
        sink.Messages(10, "device_configurations", _deviceConfigurations);
    }
}
