using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>How an input or output of a node is cut in pieces or copied to devices.</summary>
public sealed class ShardingSpecProto : OnnxMessage
{
    private List<long>? _devices;
    private List<IntIntListEntryProto>? _deviceGroups;
    private List<ShardedDimProto>? _shardedDims;

    public string TensorName { get; set => field = Set(1, value); } = "";

    public List<long> Devices { get => _devices ??= []; set => _devices = value; }

    public List<IntIntListEntryProto> DeviceGroups { get => _deviceGroups ??= []; set => _deviceGroups = value; }

    public List<ShardedDimProto> ShardedDims { get => _shardedDims ??= []; set => _shardedDims = value; }

    internal override int Footprint => 64;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: TensorName = reader.String(tag, "tensor_name"); break;
            case 2: reader.Int64s(tag, "device", ref _devices); break;
            case 3: reader.Messages(tag, "index_to_device_group_map", ref _deviceGroups); break;
            case 4: reader.Messages(tag, "sharded_dim", ref _shardedDims); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.String(1, "tensor_name", TensorName);
        sink.Int64s(2, "device", _devices);
        sink.Messages(3, "index_to_device_group_map", _deviceGroups);
        sink.Messages(4, "sharded_dim", _shardedDims);
    }
}
