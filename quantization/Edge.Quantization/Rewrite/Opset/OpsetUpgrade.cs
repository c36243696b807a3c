using Edge.Onnx;
using Edge.Quantization.Rewrite.Preparation;

namespace Edge.Quantization.Rewrite.Opset;

/// <summary>
/// Brings a model to operator set 13, the first whose DequantizeLinear knows scales per channel, or to 21, the first that
/// knows 16 and 4 bits. Nodes whose definition changed in between are rewritten to mean the same; one that cannot be is
/// refused by name. Models of that opset and above stay as they are.
/// </summary>
internal static class OpsetUpgrade
{
    /// <summary>First operator set with <c>axis</c> in QuantizeLinear and DequantizeLinear.</summary>
    public const int Target = 13;

    /// <summary>First operator set with 16 bits, 4 bits and blocks in QuantizeLinear and DequantizeLinear.</summary>
    public const int Newest = 21;

    /// <summary>Operator sets below have operators with legacy broadcasting, which no exporter of the last years writes.</summary>
    public const int Oldest = 7;

    /// <summary>By operator: the version that changed it, and the rewriting for models before that version, in ascending order.</summary>
    private static readonly Dictionary<string, (int ChangedIn, Action<OpsetConversion> Convert)[]> Changes = new()
    {
        ["BatchNormalization"] = [(9, StatisticsConversions.BatchNormalization), (14, StatisticsConversions.BatchNormalization14)],
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
        ["Split"] = [(13, c => AttributeConversions.IntsToInput(c, "split", 1)), (18, AttributeConversions.SplitEvenly)],
        ["Softmax"] = [(13, SoftmaxConversions.Flattening)],
        ["LogSoftmax"] = [(13, SoftmaxConversions.Flattening)],
        ["Hardmax"] = [(13, SoftmaxConversions.Flattening)],
        ["Scan"] = [(9, c => throw c.Error("Scan of opset 8 has another meaning"))],
        ["RoiAlign"] = [(16, c => c.Node.Set("coordinate_transformation_mode", "output_half_pixel"))],
        ["ReduceMean"] = AxesToInput,
        ["ReduceMax"] = AxesToInput,
        ["ReduceMin"] = AxesToInput,
        ["ReduceProd"] = AxesToInput,
        ["ReduceL1"] = AxesToInput,
        ["ReduceL2"] = AxesToInput,
        ["ReduceLogSum"] = AxesToInput,
        ["ReduceLogSumExp"] = AxesToInput,
        ["ReduceSumSquare"] = AxesToInput,
        ["GridSample"] = [(20, ResizeConversions.GridSample)],
        ["DFT"] = [(20, AttributeConversions.DftAxis)],
        ["GroupNormalization"] = [(21, c => throw c.Error("scale and bias for each group have no form in opset 21"))],
    };

    private static (int, Action<OpsetConversion>)[] AxesToInput => [(18, c => AttributeConversions.IntsToInput(c, "axes", 1))];

    /// <param name="graph">Changed in place.</param>
    /// <param name="facts">Ranks of its values.</param>
    /// <param name="target"><see cref="Target"/> or <see cref="Newest"/>.</param>
    /// <exception cref="ModelException">The model's operator set, or a node of it, cannot be converted.</exception>
    public static void Apply(OnnxGraph graph, TensorFacts facts, int target = Target)
    {
        ModelProto model = graph.Model;
        long version = graph.Opset;
        model.IrVersion = Math.Max(model.IrVersion, IrVersion(target));
        if (version >= target) return;
        if (version < Oldest)
            throw new ModelException($"the model is of opset {version}; supported: {Oldest} and above. Export it again with a newer opset (13 to 17 suit every engine)");
        if (model.Functions.Count > 0)
            throw new ModelException($"the model defines functions and is of opset {version}; export it with opset {target} or above, or with its functions inlined");
        foreach (NodeProto node in graph.Nodes.ToArray()) Convert(graph, graph.Nodes, node, facts, version, target);
        graph.Opset = target;
        graph.Changed();
    }

    /// <summary>The IR version that goes with an opset. Since IR version 4, initializers need be no inputs.</summary>
    private static int IrVersion(int opset) => opset < Newest ? 7 : 10;

    private static void Convert(OnnxGraph graph, List<NodeProto> nodes, NodeProto node, TensorFacts facts, long version, int target)
    {
        foreach (GraphProto body in OnnxGraph.Bodies(node))
            foreach (NodeProto inner in body.Nodes.ToArray()) Convert(graph, body.Nodes, inner, facts, version, target);
        if (!OnnxGraph.IsDefaultDomain(node) || !Changes.TryGetValue(node.OpType, out var changes)) return;
        var conversion = new OpsetConversion(graph, nodes, node, facts, target);
        foreach ((int changedIn, Action<OpsetConversion> convert) in changes)
            if (version < changedIn && changedIn <= target) convert(conversion);
    }
}

/// <summary>One node that is being converted. New constants go to the main graph, where bodies see them too.</summary>
/// <param name="Graph">The main graph.</param>
/// <param name="Nodes">The list that holds the node: the main graph's or a body's.</param>
/// <param name="Node">The node.</param>
/// <param name="Facts">Ranks of the main graph's values.</param>
/// <param name="Target">The opset that the model is brought to.</param>
internal sealed record OpsetConversion(OnnxGraph Graph, List<NodeProto> Nodes, NodeProto Node, TensorFacts Facts, int Target)
{
    /// <summary>Adds an int64 vector and makes it input <paramref name="index"/>.</summary>
    public void SetInput(int index, string what, params ReadOnlySpan<long> values) =>
        Node.SetInput(index, Graph.AddConstant(TensorValues.Make(Node.Outputs[0] + "_" + what, values, values.Length)));

    /// <summary>Adds a float scalar and makes it input <paramref name="index"/>.</summary>
    public void SetInput(int index, string what, float value) =>
        Node.SetInput(index, Graph.AddConstant(TensorValues.Scalar(Node.Outputs[0] + "_" + what, value)));

    public ModelException Error(string why) =>
        new($"{OnnxGraph.Describe(Node)}: cannot be converted to opset {Target}: {why}; export the model again with opset {Target} or above");
}
