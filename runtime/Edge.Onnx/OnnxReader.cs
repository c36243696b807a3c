using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>
/// Reads models and tensors from memory that may hold anything. What is not ONNX, or exceeds the limits, ends in a
/// <see cref="ModelException"/> that names the file, the message and the byte offset. Byte fields (raw data, strings of
/// attributes, unknown fields) are views of the memory that was given: it must stay as it is while the result is in use.
/// </summary>
public static class OnnxReader
{
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="limits">What reading may take; <see cref="OnnxLimits.Default"/> when null.</param>
    public static ModelProto Read(ReadOnlyMemory<byte> bytes, string name, OnnxLimits? limits = null)
    {
        ModelProto model = new();
        ReadInto(model, bytes, name, limits);
        return model;
    }

    /// <summary>Reads a file that is one TensorProto, such as the test data of ONNX's conformance suite.</summary>
    /// <inheritdoc cref="Read"/>
    public static TensorProto ReadTensor(ReadOnlyMemory<byte> bytes, string name, OnnxLimits? limits = null)
    {
        TensorProto tensor = new();
        ReadInto(tensor, bytes, name, limits);
        return tensor;
    }

    /// <summary>Reads a message and returns the bytes of memory that were charged for it.</summary>
    internal static long ReadInto(OnnxMessage message, ReadOnlyMemory<byte> bytes, string name, OnnxLimits? limits)
    {
        ReadContext context = new(name, bytes.Length, limits ?? OnnxLimits.Default);
        WireReader reader = new(bytes, context);
        reader.ReadAll(message);
        return context.Used;
    }
}
