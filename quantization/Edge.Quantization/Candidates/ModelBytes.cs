using Edge.Onnx;

namespace Edge.Quantization.Candidates;

/// <summary>A model as the bytes of its file.</summary>
internal static class ModelBytes
{
    public static byte[] Of(ModelProto model)
    {
        byte[] bytes = new byte[OnnxWriter.Measure(model)];
        using var stream = new MemoryStream(bytes);
        OnnxWriter.Write(model, stream);
        return bytes;
    }
}
