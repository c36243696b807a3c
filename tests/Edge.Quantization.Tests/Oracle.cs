using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Runtime;

namespace Edge.Quantization.Tests;

/// <summary>ONNX Runtime on one thread with every optimisation: the oracle that written models are run with.</summary>
internal static class Oracle
{
    /// <summary>For calibration and measurement with ONNX Runtime.</summary>
    public static SessionFactory Factory { get; } = Session;

    public static IInferenceSession Session(ModelProto model, string name = "test")
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(model, stream);
        return OnnxRuntimeSession.Load(stream.ToArray(), name, new OnnxRuntimeOptions { Threads = 1, Spin = false });
    }
}
