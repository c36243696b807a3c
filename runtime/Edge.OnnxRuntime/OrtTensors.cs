using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;
using Microsoft.ML.OnnxRuntime;
using Tensor = Edge.Tensors.Tensor;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace Edge.OnnxRuntime;

/// <summary>Tensors of ours as ONNX Runtime's, and back.</summary>
internal static unsafe class OrtTensors
{
    /// <summary>A value over the tensor's memory, which must outlive it; of strings, a copy.</summary>
    public static OrtValue ToOrt(Tensor tensor)
    {
        long[] dims = Array.ConvertAll(tensor.Shape.ToArray(), d => (long)d);
        if (tensor.Type == DataType.String) return ToOrtStrings(tensor, dims);
        if (tensor.Type.PackedBits() > 0) throw new ModelException($"an input of type {tensor.Type.OnnxName()} is not supported");
        // ONNX Runtime numbers element types as ONNX does.
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, (TensorElementType)tensor.Type, dims, (nint)tensor.Data, tensor.ByteLength);
    }

    public static Tensor FromOrt(OrtValue value, string name)
    {
        if (!value.IsTensor) throw new ModelException($"output '{name}' is not a tensor");
        var info = value.GetTensorTypeAndShape();
        var type = (DataType)info.ElementDataType;
        if (type.Size() == 0 || type.PackedBits() > 0) throw new ModelException($"output '{name}' of type {info.ElementDataType} is not supported");
        var shape = new Shape(Array.ConvertAll(info.Shape, d => checked((int)d)));
        if (type == DataType.String) return Tensor.FromStrings(shape, shape.Count == 0 ? [] : value.GetStringTensorAsArray());
        var tensor = Tensor.Create(type, shape);
        if (tensor.Count > 0) value.GetTensorMutableRawData().CopyTo(tensor.Bytes);
        return tensor;
    }

    private static OrtValue ToOrtStrings(Tensor tensor, long[] dims)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, dims);
        string[] texts = tensor.ToStrings();
        for (int i = 0; i < texts.Length; i++) value.StringTensorSetElementAt(texts[i], i);
        return value;
    }

    public static TensorInfo Describe(string name, NodeMetadata metadata)
    {
        if (!metadata.IsTensor) throw new ModelException($"'{name}' is not a tensor; only tensors can be inputs and outputs");
        var dims = metadata.Dimensions.Select((d, i) => d >= 0 ? new Dimension(d) : new Dimension(-1, metadata.SymbolicDimensions[i] is { Length: > 0 } s ? s : null));
        return new TensorInfo(name, (DataType)metadata.ElementDataType, dims.ToArray());
    }
}
