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
    /// <summary>A value over the tensor's memory; the tensor must outlive it.</summary>
    public static OrtValue ToOrt(Tensor tensor)
    {
        long[] dims = Array.ConvertAll(tensor.Shape.ToArray(), d => (long)d);
        // ONNX Runtime numbers element types as ONNX does.
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, (TensorElementType)tensor.Type, dims, (nint)tensor.Data, tensor.ByteLength);
    }

    public static Tensor FromOrt(OrtValue value, string name)
    {
        if (!value.IsTensor) throw new ModelException($"output '{name}' is not a tensor");
        var info = value.GetTensorTypeAndShape();
        var type = (DataType)info.ElementDataType;
        if (type.Size() == 0) throw new ModelException($"output '{name}' of type {info.ElementDataType} is not supported");
        var tensor = Tensor.Create(type, new Shape(Array.ConvertAll(info.Shape, d => checked((int)d))));
        if (tensor.Count > 0) value.GetTensorMutableRawData().CopyTo(tensor.Bytes);
        return tensor;
    }

    public static TensorInfo Describe(string name, NodeMetadata metadata)
    {
        if (!metadata.IsTensor) throw new ModelException($"'{name}' is not a tensor; only tensors can be inputs and outputs");
        var dims = metadata.Dimensions.Select((d, i) => d >= 0 ? new Dimension(d) : new Dimension(-1, metadata.SymbolicDimensions[i] is { Length: > 0 } s ? s : null));
        return new TensorInfo(name, (DataType)metadata.ElementDataType, dims.ToArray());
    }
}
