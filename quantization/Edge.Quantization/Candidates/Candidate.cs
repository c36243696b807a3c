using Edge.Onnx;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Qdq;

namespace Edge.Quantization.Candidates;

/// <summary>A quantized model, and how it came about.</summary>
/// <param name="Source">The float model that it was made of.</param>
/// <param name="Options">How.</param>
/// <param name="Graph">The quantized model.</param>
/// <param name="Plan">What is quantized.</param>
/// <param name="Ranges">With which parameters.</param>
/// <param name="Writer">After writing.</param>
/// <param name="Cut">Activations whose range <see cref="FlatTails"/> cut.</param>
internal sealed record Candidate(
    PreparedModel Source, QuantizationOptions Options, OnnxGraph Graph, QuantizationPlan Plan, ActivationRanges Ranges, QdqWriter Writer, IReadOnlySet<string> Cut)
{
    public ModelProto Model => Graph.Model;
}
