using Edge.Onnx;
using Edge.Quantization.Report;

namespace Edge.Quantization;

/// <summary>A quantized model and what it cost.</summary>
/// <param name="Model">A model of the form that was asked for; it owns its memory.</param>
/// <param name="Report">Ranges, scales, errors.</param>
public sealed record QuantizationResult(ModelProto Model, QuantizationReport Report);
