using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>A set of devices that a model may be spread over (IR version 11).</summary>
public sealed class DeviceConfigurationProto : OnnxMessage
{
    private List<string>? _devices;

    public string Name { get; set => field = Set(1, value); } = "";

    public int NumDevices { get; set => field = Set(2, value); }

    public List<string> Devices { get => _devices ??= []; set => _devices = value; }

    internal override int Footprint => 56;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Name = reader.String(tag, "name"); break;
            case 2: NumDevices = reader.Int32(tag, "num_devices"); break;
            case 3: reader.Strings(tag, "device", ref _devices); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.String(1, "name", Name);
        if (Has(2)) sink.Int32(2, "num_devices", NumDevices);
        sink.Strings(3, "device", _devices);
    }
}
