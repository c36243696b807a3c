using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>
/// One dimension of a shape: a number (<see cref="Value"/>), a name (<see cref="Param"/>) that stands for the same number
/// wherever it appears, or unknown when both are null. Setting one clears the other.
/// </summary>
public sealed class DimensionProto : OnnxMessage
{
    private long _value;
    private string? _param;

    /// <summary>The dimension's length, or null.</summary>
    public long? Value
    {
        get => Has(1) ? _value : null;
        set
        {
            Clear(1);
            if (value is not { } length) return;
            _value = Set(1, length);
            _param = null;
        }
    }

    /// <summary>The dimension's name, or null.</summary>
    public string? Param
    {
        get => _param;
        set
        {
            _param = value;
            if (value is not null) Clear(1);
        }
    }

    /// <summary>What the dimension means: <c>DATA_BATCH</c>, <c>DATA_CHANNEL</c>, …</summary>
    public string Denotation { get; set => field = Set(3, value); } = "";

    public static DimensionProto Of(long value) => new() { Value = value };

    public static DimensionProto Of(string param) => new() { Param = param };

    internal override int Footprint => 56;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Value = reader.Int64(tag, "dim_value"); break;
            case 2: Param = reader.String(tag, "dim_param"); break;
            case 3: Denotation = reader.String(tag, "denotation"); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.Int64(1, "dim_value", _value);
        if (_param is not null) sink.String(2, "dim_param", _param);
        if (Has(3)) sink.String(3, "denotation", Denotation);
    }
}
