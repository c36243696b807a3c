using Edge.Onnx;

namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>
/// Nodes that engines compute in one step, with quantized values only at its borders: an operator with the Relu or Clip
/// behind it, or elementwise functions of one value (a SiLU is <c>x·Sigmoid(x)</c>), for which one table stands.
/// </summary>
internal sealed class QuantizationUnit
{
    public required OperatorRole Role { get; set; }

    /// <summary>In graph order. The first is the operator itself; the last writes the outputs.</summary>
    public required List<NodeProto> Nodes { get; init; }

    /// <summary>Float activations that the unit reads, each once.</summary>
    public required List<string> Inputs { get; init; }

    /// <summary>Float constants that it reads as operands, not as weights.</summary>
    public List<string> Operands { get; init; } = [];

    /// <summary>Why the unit stays float; empty as long as it does not.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Whether it was a <see cref="OperatorRole.Move"/> before it was left in float for what surrounds it.</summary>
    public bool CanMove { get; set; }

    public NodeProto Main => Nodes[0];

    public NodeProto Last => Nodes[^1];

    /// <summary>The Relu or Clip that limits the result of <see cref="Main"/>; null if there is none.</summary>
    public NodeProto? Activation => Role is OperatorRole.Product or OperatorRole.Arithmetic && Nodes.Count == 2 ? Nodes[1] : null;

    /// <summary>What <see cref="Activation"/> lets through; null if there is none.</summary>
    public (float Low, float High)? Bounds { get; set; }

    /// <summary>The values that the last node writes, by the names that they have before anything is rewritten.</summary>
    public List<string> Outputs { get; set; } = [];

    /// <summary>Whether the result leaves as float32 although the sums are integers: only a Gemm or MatMul that nothing quantized reads.</summary>
    public bool FloatResult { get; set; }

    /// <summary>Whether its results are integers of 16 bits.</summary>
    public bool Wide { get; set; }

    /// <summary>Operators by name, as the report shows them: <c>Conv + Relu</c>.</summary>
    public string OpTypes => string.Join(" + ", Nodes.Select(n => n.OpType));
}
