using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>The whole of an ONNX file: a graph with the operator sets it is written against, and who made it.</summary>
public sealed class ModelProto : OnnxMessage
{
    private GraphProto? _graph;
    private List<OperatorSetIdProto>? _opsetImports;
    private List<StringStringEntryProto>? _metadataProps;
    private List<TrainingInfoProto>? _trainingInfos;
    private List<FunctionProto>? _functions;
    private List<DeviceConfigurationProto>? _configurations;

    /// <summary>Version of the file format, 1 to 13 at the time of writing.</summary>
    public long IrVersion { get; set => field = Set(1, value); }

    /// <summary>The tool that wrote the model.</summary>
    public string ProducerName { get; set => field = Set(2, value); } = "";

    public string ProducerVersion { get; set => field = Set(3, value); } = "";

    /// <summary>Reverse domain name that, with version and graph name, identifies the model.</summary>
    public string Domain { get; set => field = Set(4, value); } = "";

    public long ModelVersion { get; set => field = Set(5, value); }

    public string DocString { get; set => field = Set(6, value); } = "";

    /// <summary>The graph that is run. Present once read, set, or used; see <see cref="HasGraph"/>.</summary>
    public GraphProto Graph { get => _graph ??= new GraphProto(); set => _graph = value; }

    /// <summary>False for a model that only defines functions. Asking makes no graph.</summary>
    public bool HasGraph => _graph is not null;

    /// <summary>The operator sets that the nodes bind to, one entry a domain.</summary>
    public List<OperatorSetIdProto> OpsetImports { get => _opsetImports ??= []; set => _opsetImports = value; }

    public List<StringStringEntryProto> MetadataProps { get => _metadataProps ??= []; set => _metadataProps = value; }

    public List<TrainingInfoProto> TrainingInfos { get => _trainingInfos ??= []; set => _trainingInfos = value; }

    /// <summary>Operators that are defined by the model itself.</summary>
    public List<FunctionProto> Functions { get => _functions ??= []; set => _functions = value; }

    /// <summary>Multi-device configurations (IR version 11).</summary>
    public List<DeviceConfigurationProto> Configurations { get => _configurations ??= []; set => _configurations = value; }

    internal override int Footprint => 128;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: IrVersion = reader.Int64(tag, "ir_version"); break;
            case 2: ProducerName = reader.String(tag, "producer_name"); break;
            case 3: ProducerVersion = reader.String(tag, "producer_version"); break;
            case 4: Domain = reader.String(tag, "domain"); break;
            case 5: ModelVersion = reader.Int64(tag, "model_version"); break;
            case 6: DocString = reader.String(tag, "doc_string"); break;
            case 7: _graph = reader.Message(tag, "graph", _graph); break;
            case 8: reader.Messages(tag, "opset_import", ref _opsetImports); break;
            case 14: reader.Messages(tag, "metadata_props", ref _metadataProps); break;
            case 20: reader.Messages(tag, "training_info", ref _trainingInfos); break;
            case 25: reader.Messages(tag, "functions", ref _functions); break;
            case 26: reader.Messages(tag, "configuration", ref _configurations); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.Int64(1, "ir_version", IrVersion);
        if (Has(2)) sink.String(2, "producer_name", ProducerName);
        if (Has(3)) sink.String(3, "producer_version", ProducerVersion);
        if (Has(4)) sink.String(4, "domain", Domain);
        if (Has(5)) sink.Int64(5, "model_version", ModelVersion);
        if (Has(6)) sink.String(6, "doc_string", DocString);
        sink.Message(7, "graph", _graph);
        sink.Messages(8, "opset_import", _opsetImports);
        sink.Messages(14, "metadata_props", _metadataProps);
        sink.Messages(20, "training_info", _trainingInfos);
        sink.Messages(25, "functions", _functions);
        sink.Messages(26, "configuration", _configurations);
    }
}
