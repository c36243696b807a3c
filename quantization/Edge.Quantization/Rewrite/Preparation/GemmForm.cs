using Edge.Onnx;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>
/// One form for dense layers, the one that engines have an integer kernel for: a MatMul of a matrix by a constant matrix
/// becomes a Gemm (which has a place for a bias), and a Gemm with constant weights loses alpha and beta, and its bias
/// becomes a vector.
/// </summary>
internal static class GemmForm
{
    public static void Apply(OnnxGraph graph, TensorFacts facts)
    {
        foreach (NodeProto node in graph.Nodes)
        {
            if (OnnxGraph.Is(node, "MatMul") && facts.Rank(node.Inputs[0]) == 2 && facts.IsFloat(node.Inputs[0])
                && graph.Constant(node.Inputs[0]) is null && graph.Constant(node.Inputs[1]) is { IsFloat: true, Dims.Count: 2 })
            {
                node.OpType = "Gemm";
            }
            if (OnnxGraph.Is(node, "Gemm")) Normalize(graph, node);
        }
        graph.Changed();
    }

    /// <summary>Only what concerns a Gemm; a MatMul stays one.</summary>
    public static void Normalize(OnnxGraph graph)
    {
        foreach (NodeProto node in graph.Nodes)
            if (OnnxGraph.Is(node, "Gemm")) Normalize(graph, node);
        graph.Changed();
    }

    private static void Normalize(OnnxGraph graph, NodeProto node)
    {
        if (LinearNode.Of(graph, node) is not { } linear) return;
        float alpha = node.Float("alpha", 1), beta = node.Float("beta", 1);
        if (alpha != 1)
        {
            float[] w = linear.Weights.Floats();
            for (int i = 0; i < w.Length; i++) w[i] *= alpha;
            node.Inputs[1] = graph.AddConstant(TensorValues.Make<float>(linear.Weights.Name, w, [.. linear.Weights.Dims]));
        }
        if (linear.Bias is { } bias && (beta != 1 || bias.Dims.Count != 1 || bias.Dims[0] != linear.Channels))
        {
            float[] b = bias.Floats();
            float[] row = [.. Enumerable.Range(0, linear.Channels).Select(c => beta * b[b.Length == 1 ? 0 : c])];
            node.Inputs[2] = graph.AddConstant(TensorValues.Vector(bias.Name, row));
        }
        node.RemoveAttribute("alpha");
        node.RemoveAttribute("beta");
    }
}
