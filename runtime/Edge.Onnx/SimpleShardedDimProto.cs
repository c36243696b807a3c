using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>
/// A dimension, given as <see cref="DimValue"/> or <see cref="DimParam"/>, and the number of its pieces. Setting one of the
/// two clears the other.
/// </summary>
public sealed class SimpleShardedDimProto : OnnxMessage
{
    private long _dimValue;
    private string? _dimParam;

    public long? DimValue
    {
        get => Has(1) ? _dimValue : null;
        set
        {
            Clear(1);
            if (value is not { } length) return;
            _dimValue = Set(1, length);
            _dimParam = null;
        }
    }

    public string? DimParam
    {
        get => _dimParam;
        set
        {
            _dimParam = value;
            if (value is not null) Clear(1);
        }
    }

    public long NumShards { get; set => field = Set(3, value); }

    internal override int Footprint => 56;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: DimValue = reader.Int64(tag, "dim_value"); break;
            case 2: DimParam = reader.String(tag, "dim_param"); break;
            case 3: NumShards = reader.Int64(tag, "num_shards"); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.Int64(1, "dim_value", _dimValue);
        if (_dimParam is not null) sink.String(2, "dim_param", _dimParam);
        if (Has(3)) sink.Int64(3, "num_shards", NumShards);
    }
}
