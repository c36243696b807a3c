using Edge.Onnx;
using Edge.Runtime;

namespace Edge.Evaluation;

/// <summary>What is to be known of a model to judge its outputs. Immutable.</summary>
/// <param name="Inputs">The model's inputs.</param>
/// <param name="Outputs">The model's outputs.</param>
/// <param name="Graph">Its graph, which tells probabilities from other numbers; null where only the declarations are known.</param>
public sealed record ModelFacts(IReadOnlyList<TensorInfo> Inputs, IReadOnlyList<TensorInfo> Outputs, GraphProto? Graph = null);
