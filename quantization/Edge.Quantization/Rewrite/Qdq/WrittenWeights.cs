using Edge.Onnx;

namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>What was written for a unit with constant weights.</summary>
/// <param name="Weights">The quantized weights.</param>
/// <param name="WeightMin">Smallest float weight.</param>
/// <param name="WeightMax">Largest float weight.</param>
/// <param name="BiasMadeRoom">Whether weight scales were enlarged so that the bias fits int32.</param>
/// <param name="Codes">The initializer with the integers of the weights.</param>
/// <param name="Bias">The initializer with the int32 bias at the scale of the accumulator; null where there is none, or a float one.</param>
internal sealed record WrittenWeights(QuantizedWeights Weights, float WeightMin, float WeightMax, bool BiasMadeRoom, TensorProto Codes, TensorProto? Bias);
