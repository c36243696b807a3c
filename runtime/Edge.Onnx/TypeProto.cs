using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>
/// The type of a value: at most one of tensor, sequence, map, opaque, sparse tensor and optional. Setting one clears the
/// others.
/// </summary>
public sealed class TypeProto : OnnxMessage
{
    private OnnxMessage? _value;

    public TensorTypeProto? Tensor { get => _value as TensorTypeProto; set => Choose(Tensor, value); }

    public SequenceTypeProto? Sequence { get => _value as SequenceTypeProto; set => Choose(Sequence, value); }

    public MapTypeProto? Map { get => _value as MapTypeProto; set => Choose(Map, value); }

    public OpaqueTypeProto? Opaque { get => _value as OpaqueTypeProto; set => Choose(Opaque, value); }

    public SparseTensorTypeProto? SparseTensor { get => _value as SparseTensorTypeProto; set => Choose(SparseTensor, value); }

    public OptionalTypeProto? Optional { get => _value as OptionalTypeProto; set => Choose(Optional, value); }

    /// <summary>What a value of the type means: <c>IMAGE</c>, <c>TEXT</c>, …</summary>
    public string Denotation { get; set => field = Set(6, value); } = "";

    /// <summary>A tensor type; a negative dimension is unknown.</summary>
    public static TypeProto OfTensor(ElementType elemType, params ReadOnlySpan<long> dims)
    {
        TensorShapeProto shape = new();
        foreach (long dim in dims) shape.Dims.Add(dim < 0 ? new DimensionProto() : DimensionProto.Of(dim));
        return new TypeProto { Tensor = new TensorTypeProto { ElemType = (int)elemType, Shape = shape } };
    }

    internal override int Footprint => 48;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Tensor = reader.Message(tag, "tensor_type", Tensor); break;
            case 4: Sequence = reader.Message(tag, "sequence_type", Sequence); break;
            case 5: Map = reader.Message(tag, "map_type", Map); break;
            case 6: Denotation = reader.String(tag, "denotation"); break;
            case 7: Opaque = reader.Message(tag, "opaque_type", Opaque); break;
            case 8: SparseTensor = reader.Message(tag, "sparse_tensor_type", SparseTensor); break;
            case 9: Optional = reader.Message(tag, "optional_type", Optional); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        sink.Message(1, "tensor_type", Tensor);
        sink.Message(4, "sequence_type", Sequence);
        sink.Message(5, "map_type", Map);
        if (Has(6)) sink.String(6, "denotation", Denotation);
        sink.Message(7, "opaque_type", Opaque);
        sink.Message(8, "sparse_tensor_type", SparseTensor);
        sink.Message(9, "optional_type", Optional);
    }

    private void Choose(OnnxMessage? current, OnnxMessage? chosen)
    {
        if (chosen is not null || current is not null) _value = chosen;
    }
}
