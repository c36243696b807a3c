using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>Nodes in topological order, with the constants they use and the values that go in and out.</summary>
public sealed class GraphProto : OnnxMessage
{
    private List<NodeProto>? _nodes;
    private List<TensorProto>? _initializers;
    private List<ValueInfoProto>? _inputs;
    private List<ValueInfoProto>? _outputs;
    private List<ValueInfoProto>? _valueInfos;
    private List<TensorAnnotation>? _quantizationAnnotations;
    private List<SparseTensorProto>? _sparseInitializers;
    private List<StringStringEntryProto>? _metadataProps;

    public List<NodeProto> Nodes { get => _nodes ??= []; set => _nodes = value; }

    public string Name { get; set => field = Set(2, value); } = "";

    /// <summary>Named constants. A name may also be among the inputs: then it is that input's default.</summary>
    public List<TensorProto> Initializers { get => _initializers ??= []; set => _initializers = value; }

    public string DocString { get; set => field = Set(10, value); } = "";

    public List<ValueInfoProto> Inputs { get => _inputs ??= []; set => _inputs = value; }

    public List<ValueInfoProto> Outputs { get => _outputs ??= []; set => _outputs = value; }

    /// <summary>Types of values in between; optional, in any order.</summary>
    public List<ValueInfoProto> ValueInfos { get => _valueInfos ??= []; set => _valueInfos = value; }

    public List<TensorAnnotation> QuantizationAnnotations { get => _quantizationAnnotations ??= []; set => _quantizationAnnotations = value; }

    public List<SparseTensorProto> SparseInitializers { get => _sparseInitializers ??= []; set => _sparseInitializers = value; }

    public List<StringStringEntryProto> MetadataProps { get => _metadataProps ??= []; set => _metadataProps = value; }

    internal override int Footprint => 112;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: reader.Messages(tag, "node", ref _nodes); break;
            case 2: Name = reader.String(tag, "name"); break;
            case 5: reader.Messages(tag, "initializer", ref _initializers); break;
            case 10: DocString = reader.String(tag, "doc_string"); break;
            case 11: reader.Messages(tag, "input", ref _inputs); break;
            case 12: reader.Messages(tag, "output", ref _outputs); break;
            case 13: reader.Messages(tag, "value_info", ref _valueInfos); break;
            case 14: reader.Messages(tag, "quantization_annotation", ref _quantizationAnnotations); break;
            case 15: reader.Messages(tag, "sparse_initializer", ref _sparseInitializers); break;
            case 16: reader.Messages(tag, "metadata_props", ref _metadataProps); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        sink.Messages(1, "node", _nodes);
        if (Has(2)) sink.String(2, "name", Name);
        sink.Messages(5, "initializer", _initializers);
        if (Has(10)) sink.String(10, "doc_string", DocString);
        sink.Messages(11, "input", _inputs);
        sink.Messages(12, "output", _outputs);
        sink.Messages(13, "value_info", _valueInfos);
        sink.Messages(14, "quantization_annotation", _quantizationAnnotations);
        sink.Messages(15, "sparse_initializer", _sparseInitializers);
        sink.Messages(16, "metadata_props", _metadataProps);
    }
}
