using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>A sequence of values of one type.</summary>
public sealed class SequenceTypeProto : OnnxMessage
{
    public TypeProto? ElemType { get; set; }

    internal override int Footprint => 40;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: ElemType = reader.Message(tag, "elem_type", ElemType); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        sink.Message(1, "elem_type", ElemType);
    }
}
