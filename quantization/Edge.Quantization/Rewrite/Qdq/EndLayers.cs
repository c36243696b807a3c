using Edge.Onnx;

namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>
/// The first and the last layers of a network: products that no other product comes before, and those that none comes behind.
/// A detector has several of the latter. They are often the most sensitive ones.
/// </summary>
internal static class EndLayers
{
    /// <param name="graph">As it was planned.</param>
    /// <param name="plan">Its plan.</param>
    /// <returns>Names of the layers' nodes.</returns>
    public static IReadOnlyList<string> Of(OnnxGraph graph, QuantizationPlan plan)
    {
        HashSet<NodeProto> products = [.. plan.Quantized.Where(u => u.Role == OperatorRole.Product).Select(u => u.Main)];
        HashSet<NodeProto> behind = Reached(graph.Nodes, products, n => n.Inputs, n => n.Outputs);
        HashSet<NodeProto> before = Reached(Enumerable.Reverse(graph.Nodes), products, n => n.Outputs, n => n.Inputs);
        return [.. products.Where(p => !behind.Contains(p) || !before.Contains(p)).Select(p => p.Name)];
    }

    /// <summary>The products that have another one upstream, in the order in which nodes are given.</summary>
    private static HashSet<NodeProto> Reached(
        IEnumerable<NodeProto> nodes, HashSet<NodeProto> products, Func<NodeProto, IEnumerable<string>> upstream, Func<NodeProto, IEnumerable<string>> downstream)
    {
        var values = new HashSet<string>();
        var reached = new HashSet<NodeProto>();
        foreach (NodeProto node in nodes)
        {
            bool hasOne = upstream(node).Any(values.Contains);
            if (hasOne && products.Contains(node)) reached.Add(node);
            if (hasOne || products.Contains(node)) values.UnionWith(downstream(node).Where(v => v.Length > 0));
        }
        return reached;
    }
}
