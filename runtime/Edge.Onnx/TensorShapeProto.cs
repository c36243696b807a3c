using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>A shape, one entry a dimension. No entries: a scalar.</summary>
public sealed class TensorShapeProto : OnnxMessage
{
    private List<DimensionProto>? _dims;

    public List<DimensionProto> Dims { get => _dims ??= []; set => _dims = value; }

    internal override int Footprint => 40;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: reader.Messages(tag, "dim", ref _dims); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        sink.Messages(1, "dim", _dims);
    }
}
