using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Rewrite.Opset;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>
/// Brings a float model into the form that is quantized: the same function, up to rounding, with fewer nodes, constants as
/// initializers and an operator set that has per-channel scales.
/// </summary>
internal static class ModelPreparation
{
    private static readonly HashSet<string> Integer =
    [
        "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "ConvInteger", "MatMulInteger", "QLinearConv", "QLinearMatMul",
        "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM", "MatMulNBits", "QAttention", "QGemm",
    ];

    /// <param name="model">Changed in place.</param>
    /// <param name="samples">The first is run to learn shapes and types.</param>
    /// <param name="sessions">What it is run on.</param>
    /// <exception cref="ModelException">The model is quantized already, or a node cannot be brought to the operator set.</exception>
    public static (OnnxGraph Graph, TensorFacts Facts) Prepare(ModelProto model, SampleReader samples, SessionFactory sessions)
    {
        OnnxGraph graph = Clean(model);
        TensorFacts facts = TensorFacts.Gather(graph, sessions, samples);
        OpsetUpgrade.Apply(graph, facts);
        ConstantFolding.Apply(graph, facts);
        GemmForm.Apply(graph, facts);
        AffineFolding.Apply(graph, facts);
        ScalarArithmetic.Apply(graph, facts);
        SpatialMean.Apply(graph, facts);
        graph.RemoveDead();
        graph.NameNodes();
        return (graph, facts);
    }

    /// <summary>The same where only weights become integers: nothing is rewritten for the sake of integer operators.</summary>
    /// <param name="model">Changed in place.</param>
    /// <param name="samples">The first is run to learn shapes and types; null to take those that the model declares.</param>
    /// <param name="sessions">What it is run on.</param>
    /// <exception cref="ModelException">The model is quantized already, or a node cannot be brought to the operator set.</exception>
    public static (OnnxGraph Graph, TensorFacts Facts) PrepareWeights(ModelProto model, SampleReader? samples, SessionFactory sessions)
    {
        OnnxGraph graph = Clean(model);
        TensorFacts facts = samples is null ? TensorFacts.Declared(graph, sessions) : TensorFacts.Gather(graph, sessions, samples);
        OpsetUpgrade.Apply(graph, facts);
        ConstantFolding.Apply(graph, facts);
        GemmForm.Normalize(graph);
        AffineFolding.Apply(graph, facts);
        graph.RemoveDead();
        graph.NameNodes();
        return (graph, facts);
    }

    /// <summary>Names for all nodes, constants as initializers, nothing that does nothing.</summary>
    private static OnnxGraph Clean(ModelProto model)
    {
        if (!model.HasGraph) throw new ModelException("the model has no graph");
        if (model.Graph.Nodes.Find(n => Integer.Contains(n.OpType) || n.OpType.StartsWith("QLinear", StringComparison.Ordinal)) is { } quantized)
            throw new ModelException($"{OnnxGraph.Describe(quantized)}: the model is quantized already; quantize the float model that it was made from");
        var graph = new OnnxGraph(model);
        graph.NameNodes();
        ConstantNodes.Lift(graph);
        IdentityRemoval.Apply(graph);
        graph.RemoveDead();
        return graph;
    }
}
