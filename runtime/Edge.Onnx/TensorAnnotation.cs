using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>The quantization parameters of a tensor, by the names of the tensors that hold them.</summary>
public sealed class TensorAnnotation : OnnxMessage
{
    private List<StringStringEntryProto>? _quantParameterTensorNames;

    public string TensorName { get; set => field = Set(1, value); } = "";

    /// <summary>Keys such as <c>SCALE_TENSOR</c> and <c>ZERO_POINT_TENSOR</c>.</summary>
    public List<StringStringEntryProto> QuantParameterTensorNames { get => _quantParameterTensorNames ??= []; set => _quantParameterTensorNames = value; }

    internal override int Footprint => 48;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: TensorName = reader.String(tag, "tensor_name"); break;
            case 2: reader.Messages(tag, "quant_parameter_tensor_names", ref _quantParameterTensorNames); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.String(1, "tensor_name", TensorName);
        sink.Messages(2, "quant_parameter_tensor_names", _quantParameterTensorNames);
    }
}
