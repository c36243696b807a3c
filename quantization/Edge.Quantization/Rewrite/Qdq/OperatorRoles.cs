using Edge.Onnx;
using Edge.Quantization.Rewrite.Preparation;

namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>
/// The operators that this project's runtime and ONNX Runtime compute with integers, and under which conditions. Softmax
/// is not among them: its small probabilities would fall into the first step of a linear scale.
/// </summary>
internal sealed class OperatorRoles(OnnxGraph graph, TensorFacts facts, QuantizationOptions options)
{
    /// <summary>Reason of shape arithmetic and the like, which no report mentions.</summary>
    public const string NotFloat = "not float32";

    public const string NoIntegerForm = "no integer form";

    /// <summary>Reason of constant subexpressions, which engines compute when they load.</summary>
    public const string Constant = "constant";

    private static readonly HashSet<string> Functions =
    [
        "Relu", "Clip", "LeakyRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Elu", "Selu", "Celu", "Softplus", "Softsign",
        "ThresholdedRelu", "Mish", "Gelu", "Erf", "Abs", "Neg",
    ];

    private static readonly HashSet<string> Moves =
    [
        "MaxPool", "GlobalMaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Slice", "Split", "Gather", "Pad",
        "Resize", "DepthToSpace", "SpaceToDepth",
    ];

    /// <summary>The role of a node, and where that is <see cref="OperatorRole.Float"/> the reason in words.</summary>
    public (OperatorRole Role, string Reason) Of(NodeProto node)
    {
        if (options.FloatOperators.Contains(node.OpType)) return (OperatorRole.Float, $"operator {node.OpType} is kept in float by option");
        if (NodePatterns.Match(options.FloatNodes, node.Name) is { } glob)
            return (OperatorRole.Float, $"kept in float by option '{glob}'");
        if (options.KeptFloat.TryGetValue(node.Name, out string? why)) return (OperatorRole.Float, why);
        if (!OnnxGraph.IsDefaultDomain(node)) return (OperatorRole.Float, NoIntegerForm);
        return node.OpType switch
        {
            "Conv" or "Gemm" => Weighted(node),
            "MatMul" => Product(node),
            "Add" or "Mul" or "Sub" or "Div" or "Max" or "Min" when node.Inputs.Count == 2 => Binary(node),
            "Concat" or "AveragePool" or "GlobalAveragePool" => (OperatorRole.Arithmetic, ""),
            "Clip" when Bounds(node) is null => (OperatorRole.Float, "its bounds are not constant"),
            var f when Functions.Contains(f) => (OperatorRole.Elementwise, ""),
            var m when Moves.Contains(m) => Move(node),
            _ => (OperatorRole.Float, NoIntegerForm),
        };
    }

    /// <summary>The inputs that carry activations or operands, as opposed to weights, axes and the like.</summary>
    public static IEnumerable<int> DataInputs(NodeProto node) => node.OpType switch
    {
        "Concat" => Enumerable.Range(0, node.Inputs.Count),
        "Add" or "Mul" or "Sub" or "Div" or "Max" or "Min" or "MatMul" when node.Inputs.Count == 2 => [0, 1],
        _ => [0],
    };

    /// <summary>What a Relu or Clip lets through; null for others and for bounds that are not constant.</summary>
    public (float Low, float High)? Bounds(NodeProto node)
    {
        if (OnnxGraph.Is(node, "Relu")) return (0, float.PositiveInfinity);
        if (!OnnxGraph.Is(node, "Clip")) return null;
        float low = float.NegativeInfinity, high = float.PositiveInfinity;
        if (node.HasInput(1) && !Scalar(node.Inputs[1], out low)) return null;
        if (node.HasInput(2) && !Scalar(node.Inputs[2], out high)) return null;
        return low <= high ? (low, high) : null;
    }

    /// <summary>Whether the value is a float constant of one element.</summary>
    public bool IsScalar(string name) => graph.Constant(name) is { IsFloat: true } t && t.Count == 1;

    private bool Scalar(string name, out float value)
    {
        value = 0;
        if (!IsScalar(name)) return false;
        value = graph.Constant(name)!.Floats()[0];
        return true;
    }

    private (OperatorRole, string) Weighted(NodeProto node)
    {
        if (graph.Constant(node.Inputs[1]) is not { IsFloat: true }) return (OperatorRole.Float, "its weights are not a float constant");
        if (LinearNode.Of(graph, node) is null) return (OperatorRole.Float, "its bias is not a constant vector");
        if (node.OpType == "Gemm" && node.Int("transA", 0) != 0) return (OperatorRole.Float, "transA has no integer form");
        return (OperatorRole.Product, "");
    }

    private (OperatorRole, string) Product(NodeProto node)
    {
        if (graph.Constant(node.Inputs[0]) is not null) return (OperatorRole.Float, "its first operand is constant");
        if (graph.Constant(node.Inputs[1]) is { } w) return w.IsFloat && w.Dims.Count >= 2 ? (OperatorRole.Product, "") : (OperatorRole.Float, "its weights are no float matrix");
        return options.ActivationProducts ? (OperatorRole.Product, "") : (OperatorRole.Float, "it multiplies two activations, which is faster in float");
    }

    /// <summary>With a constant scalar it is a function of one value; of two values only Add and Mul have integer forms.</summary>
    private (OperatorRole, string) Binary(NodeProto node)
    {
        if (node.Inputs.Exists(IsScalar) || node.Inputs[0] == node.Inputs[1]) return (OperatorRole.Elementwise, "");
        return node.OpType is "Add" or "Mul" ? (OperatorRole.Arithmetic, "") : (OperatorRole.Float, NoIntegerForm);
    }

    /// <summary>Whether the node may turn out to be a function of one value: both operands computed from the same.</summary>
    public static bool IsBinary(NodeProto node) => OnnxGraph.IsDefaultDomain(node) && node.OpType is "Add" or "Mul" or "Sub" or "Div" or "Max" or "Min" && node.Inputs.Count == 2;

    private (OperatorRole, string) Move(NodeProto node) => node.OpType switch
    {
        "MaxPool" when node.Outputs.Count > 1 => (OperatorRole.Float, "its indices are used"),
        "Resize" when node.Text("mode", "nearest") != "nearest" => (OperatorRole.Float, "only nearest neighbour has an integer form"),
        "Resize" when node.Text("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize" => (OperatorRole.Float, "it extrapolates"),
        "Pad" when node.Text("mode", "constant") != "constant" => (OperatorRole.Float, "only constant padding has an integer form"),
        "Pad" when node.HasInput(2) && !(Scalar(node.Inputs[2], out float v) && v == 0) => (OperatorRole.Float, "only padding with 0 has an exact integer form"),
        "Gather" when graph.Constant(node.Inputs[0]) is not null => (OperatorRole.Float, "it looks up a constant table"),
        _ when node.Outputs.Exists(o => o.Length > 0 && !facts.IsFloat(o)) => (OperatorRole.Float, NotFloat),
        _ => (OperatorRole.Move, ""),
    };
}
