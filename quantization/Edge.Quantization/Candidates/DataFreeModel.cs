using Edge.Quantization.Report;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Quantization.Rewrite.WeightOnly;

namespace Edge.Quantization.Candidates;

/// <summary>A model of a form that needs no ranges, and how it came about.</summary>
/// <param name="Source">The float model in the form that was quantized, as a file.</param>
/// <param name="Facts">Types of its values.</param>
/// <param name="Graph">The quantized model.</param>
/// <param name="Layers">What became integers, in graph order.</param>
/// <param name="FloatLayers">Layers with weights or products that did not.</param>
internal sealed record DataFreeModel(
    byte[] Source, TensorFacts Facts, OnnxGraph Graph, IReadOnlyList<DataFreeLayer> Layers, IReadOnlyList<FloatLayerReport> FloatLayers);

/// <summary>One layer of integer weights.</summary>
/// <param name="Name">Name of its node.</param>
/// <param name="Operators">What it was, and what it is now: <c>LSTM → DynamicQuantizeLSTM</c>.</param>
/// <param name="Output">Its result, which has this name in both models; null where the node has none that is read.</param>
/// <param name="Weights">Its weights.</param>
internal sealed record DataFreeLayer(string Name, string Operators, string? Output, StoredWeights Weights);
