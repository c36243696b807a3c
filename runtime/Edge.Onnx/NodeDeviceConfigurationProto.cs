using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>How a node is spread over the devices of a configuration.</summary>
public sealed class NodeDeviceConfigurationProto : OnnxMessage
{
    private List<ShardingSpecProto>? _shardingSpecs;

    public string ConfigurationId { get; set => field = Set(1, value); } = "";

    public List<ShardingSpecProto> ShardingSpecs { get => _shardingSpecs ??= []; set => _shardingSpecs = value; }

    public int PipelineStage { get; set => field = Set(3, value); }

    internal override int Footprint => 56;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: ConfigurationId = reader.String(tag, "configuration_id"); break;
            case 2: reader.Messages(tag, "sharding_spec", ref _shardingSpecs); break;
            case 3: PipelineStage = reader.Int32(tag, "pipeline_stage"); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.String(1, "configuration_id", ConfigurationId);
        sink.Messages(2, "sharding_spec", _shardingSpecs);
        if (Has(3)) sink.Int32(3, "pipeline_stage", PipelineStage);
    }
}
