using Edge.Onnx;
using Edge.Quantization.Rewrite.Preparation;

namespace Edge.Quantization.Rewrite.Opset;

/// <summary>
/// Brings a model to operator set 13, the first whose DequantizeLinear knows scales per channel. Nodes whose definition
/// changed in between are rewritten to mean the same; one that cannot be is refused by name. Models of opset 13 and
/// above stay as they are.
/// </summary>
internal static class OpsetUpgrade
{
    /// <summary>First operator set with <c>axis</c> in QuantizeLinear and DequantizeLinear.</summary>
    public const int Target = 13;

    /// <summary>Operator sets below have operators with legacy broadcasting, which no exporter of the last years writes.</summary>
    public const int Oldest = 7;

    /// <summary>The IR version that goes with opset 13, which also lets initializers be no inputs (since IR version 4).</summary>
    private const int IrVersion = 7;

    /// <summary>By operator: the version that changed it, and the rewriting for models before that version, in ascending order.</summary>
    private static readonly Dictionary<string, (int ChangedIn, Action<OpsetConversion> Convert)[]> Changes = new()
    {
        ["BatchNormalization"] = [(9, StatisticsConversions.BatchNormalization)],
        ["Upsample"] = [(9, ResizeConversions.UpsampleScalesToInput), (10, ResizeConversions.UpsampleToResize)],
        ["Resize"] = [(11, ResizeConversions.Resize10)],
        ["Slice"] = [(10, AttributeConversions.Slice)],
        ["TopK"] = [(10, AttributeConversions.TopK)],
        ["Clip"] = [(11, AttributeConversions.Clip)],
        ["Pad"] = [(11, AttributeConversions.Pad)],
        ["Scatter"] = [(11, c => c.Node.OpType = "ScatterElements")],
        ["Dropout"] = [(12, AttributeConversions.Dropout)],
        ["Squeeze"] = [(13, c => AttributeConversions.IntsToInput(c, "axes", 1))],
        ["Unsqueeze"] = [(13, c => AttributeConversions.IntsToInput(c, "axes", 1))],
        ["ReduceSum"] = [(13, c => AttributeConversions.IntsToInput(c, "axes", 1))],
        ["Split"] = [(13, c => AttributeConversions.IntsToInput(c, "split", 1))],
        ["Softmax"] = [(13, SoftmaxConversions.Flattening)],
        ["LogSoftmax"] = [(13, SoftmaxConversions.Flattening)],
        ["Hardmax"] = [(13, SoftmaxConversions.Flattening)],
        ["Scan"] = [(9, c => throw c.Error("Scan of opset 8 has another meaning"))],
    };

    /// <exception cref="ModelException">The model's operator set, or a node of it, cannot be converted.</exception>
    public static void Apply(OnnxGraph graph, TensorFacts facts)
    {
        ModelProto model = graph.Model;
        long version = graph.Opset;
        model.IrVersion = Math.Max(model.IrVersion, IrVersion);
        if (version >= Target) return;
        if (version < Oldest)
            throw new ModelException($"the model is of opset {version}; supported: {Oldest} and above. Export it again with a newer opset (13 to 17 suit every engine)");
        if (model.Functions.Count > 0)
            throw new ModelException($"the model defines functions and is of opset {version}; export it with opset {Target} or above, or with its functions inlined");
        foreach (NodeProto node in graph.Nodes.ToArray()) Convert(graph, graph.Nodes, node, facts, version);
        graph.Opset = Target;
        graph.Changed();
    }

    private static void Convert(OnnxGraph graph, List<NodeProto> nodes, NodeProto node, TensorFacts facts, long version)
    {
        foreach (GraphProto body in OnnxGraph.Bodies(node))
            foreach (NodeProto inner in body.Nodes.ToArray()) Convert(graph, body.Nodes, inner, facts, version);
        if (!OnnxGraph.IsDefaultDomain(node) || !Changes.TryGetValue(node.OpType, out var changes)) return;
        var conversion = new OpsetConversion(graph, nodes, node, facts);
        foreach ((int changedIn, Action<OpsetConversion> convert) in changes)
            if (version < changedIn) convert(conversion);
    }
}

/// <summary>One node that is being converted. New constants go to the main graph, where bodies see them too.</summary>
/// <param name="Graph">The main graph.</param>
/// <param name="Nodes">The list that holds the node: the main graph's or a body's.</param>
/// <param name="Node">The node.</param>
/// <param name="Facts">Ranks of the main graph's values.</param>
internal sealed record OpsetConversion(OnnxGraph Graph, List<NodeProto> Nodes, NodeProto Node, TensorFacts Facts)
{
    /// <summary>Adds an int64 vector and makes it input <paramref name="index"/>.</summary>
    public void SetInput(int index, string what, params ReadOnlySpan<long> values) =>
        Node.SetInput(index, Graph.AddConstant(TensorValues.Make(Node.Outputs[0] + "_" + what, values, values.Length)));

    /// <summary>Adds a float scalar and makes it input <paramref name="index"/>.</summary>
    public void SetInput(int index, string what, float value) =>
        Node.SetInput(index, Graph.AddConstant(TensorValues.Scalar(Node.Outputs[0] + "_" + what, value)));

    public ModelException Error(string why) =>
        new($"{OnnxGraph.Describe(Node)}: cannot be converted to opset {OpsetUpgrade.Target}: {why}; export the model again with opset {OpsetUpgrade.Target} or above");
}
