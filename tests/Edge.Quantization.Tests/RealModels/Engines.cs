using Edge.Onnx;
using Edge.Runtime;

namespace Edge.Quantization.Tests.RealModels;

/// <summary>What the real models are calibrated and compared with.</summary>
internal static class Engines
{
    public static SessionFactory Calibration => new QuantizationOptions().Sessions;

    public static IInferenceSession? Own(ModelProto model) => Calibration(model, "quantized");
}
