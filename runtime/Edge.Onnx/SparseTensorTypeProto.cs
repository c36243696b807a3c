using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>A sparse tensor type.</summary>
public sealed class SparseTensorTypeProto : OnnxMessage
{
    /// <summary>A value of <see cref="ElementType"/>.</summary>
    public int ElemType { get; set => field = Set(1, value); }

    public TensorShapeProto? Shape { get; set; }

    internal override int Footprint => 48;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: ElemType = reader.Int32(tag, "elem_type"); break;
            case 2: Shape = reader.Message(tag, "shape", Shape); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.Int32(1, "elem_type", ElemType);
        sink.Message(2, "shape", Shape);
    }
}
