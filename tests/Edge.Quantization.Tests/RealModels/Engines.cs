using Edge.Onnx;
using Edge.Runtime;

namespace Edge.Quantization.Tests.RealModels;

/// <summary>What the real models are calibrated and compared with.</summary>
internal static class Engines
{
    public static SessionFactory Calibration => Oracle.Factory;

    public static IInferenceSession? Own(ModelProto model) => null;
}
