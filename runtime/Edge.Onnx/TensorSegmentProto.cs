using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>The part <c>[Begin, End)</c> of a tensor that was cut in pieces.</summary>
public sealed class TensorSegmentProto : OnnxMessage
{
    public long Begin { get; set => field = Set(1, value); }

    public long End { get; set => field = Set(2, value); }

    internal override int Footprint => 48;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Begin = reader.Int64(tag, "begin"); break;
            case 2: End = reader.Int64(tag, "end"); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.Int64(1, "begin", Begin);
        if (Has(2)) sink.Int64(2, "end", End);
    }
}
