using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>
/// Reads models and tensors from memory that may hold anything. What is not ONNX, or exceeds the limits, ends in a
/// <see cref="ModelException"/> that names the file, the message and the byte offset. Byte fields (raw data, strings of
/// attributes, unknown fields) are views of the memory that was given: it must stay as it is while the result is in use.
/// </summary>
public static class OnnxReader
{
    private const int IrVersionField = 1;

    /// <param name="bytes">The whole file.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="limits">What reading may take; <see cref="OnnxLimits.Default"/> when null.</param>
    public static ModelProto Read(ReadOnlyMemory<byte> bytes, string name, OnnxLimits? limits = null)
    {
        if (bytes.IsEmpty) throw new ModelException($"{name}: the file is empty");
        ModelProto model = new();
        try
        {
            ReadInto(model, bytes, name, limits);
        }
        catch (ModelException e) when (!model.Has(IrVersionField))
        {
            // Every writer begins with the format's version: what fails before it is another kind of file.
            string what = FileSignature.Describe(bytes.Span) is { } known ? $"it is {known}" : e.Message[(name.Length + 2)..];
            throw new ModelException($"{name}: not an ONNX model: {what}", e);
        }
        if (!model.HasGraph && model.Functions.Count == 0)
            throw new ModelException($"{name}: not an ONNX model: {(FileSignature.Describe(bytes.Span) is { } known ? $"it is {known}" : "it has no graph")}");
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
