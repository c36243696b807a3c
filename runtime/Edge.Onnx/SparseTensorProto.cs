using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>A tensor given by its elements that are not zero.</summary>
public sealed class SparseTensorProto : OnnxMessage
{
    private List<long>? _dims;

    /// <summary>The elements, <c>[NNZ]</c>; its name is the sparse tensor's name.</summary>
    public TensorProto? Values { get; set; }

    /// <summary>Their places: <c>[NNZ]</c> linear or <c>[NNZ, rank]</c>, ascending.</summary>
    public TensorProto? Indices { get; set; }

    public List<long> Dims { get => _dims ??= []; set => _dims = value; }

    internal override int Footprint => 56;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Values = reader.Message(tag, "values", Values); break;
            case 2: Indices = reader.Message(tag, "indices", Indices); break;
            case 3: reader.Int64s(tag, "dims", ref _dims); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        sink.Message(1, "values", Values);
        sink.Message(2, "indices", Indices);
        sink.Int64s(3, "dims", _dims);
    }
}
