using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>How one axis is cut.</summary>
public sealed class ShardedDimProto : OnnxMessage
{
    private List<SimpleShardedDimProto>? _simpleShardings;

    public long Axis { get; set => field = Set(1, value); }

    public List<SimpleShardedDimProto> SimpleShardings { get => _simpleShardings ??= []; set => _simpleShardings = value; }

    internal override int Footprint => 48;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Axis = reader.Int64(tag, "axis"); break;
            case 2: reader.Messages(tag, "simple_sharding", ref _simpleShardings); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.Int64(1, "axis", Axis);
        sink.Messages(2, "simple_sharding", _simpleShardings);
    }
}
