using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>How a model is trained. Kept, not used.</summary>
public sealed class TrainingInfoProto : OnnxMessage
{
    private List<StringStringEntryProto>? _initializationBindings;
    private List<StringStringEntryProto>? _updateBindings;

    public GraphProto? Initialization { get; set; }

    public GraphProto? Algorithm { get; set; }

    public List<StringStringEntryProto> InitializationBindings { get => _initializationBindings ??= []; set => _initializationBindings = value; }

    public List<StringStringEntryProto> UpdateBindings { get => _updateBindings ??= []; set => _updateBindings = value; }

    internal override int Footprint => 64;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Initialization = reader.Message(tag, "initialization", Initialization); break;
            case 2: Algorithm = reader.Message(tag, "algorithm", Algorithm); break;
            case 3: reader.Messages(tag, "initialization_binding", ref _initializationBindings); break;
            case 4: reader.Messages(tag, "update_binding", ref _updateBindings); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        sink.Message(1, "initialization", Initialization);
        sink.Message(2, "algorithm", Algorithm);
        sink.Messages(3, "initialization_binding", _initializationBindings);
        sink.Messages(4, "update_binding", _updateBindings);
    }
}
