using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>
/// A ReduceMean over all spatial axes of <c>[N, C, spatial…]</c> is a GlobalAveragePool, for which integer operators exist;
/// without kept dimensions, a Flatten follows.
/// </summary>
internal static class SpatialMean
{
    public static void Apply(OnnxGraph graph, TensorFacts facts)
    {
        foreach (NodeProto node in graph.Nodes.Where(n => OnnxGraph.Is(n, "ReduceMean")).ToArray())
        {
            string input = node.Inputs[0];
            if (facts.ShapeOf(input) is not { Rank: >= 3 } shape || !facts.IsFloat(input) || Axes(graph, node) is not { } axes) continue;
            long[] positive = [.. axes.Select(a => a < 0 ? a + shape.Rank : a).Order()];
            if (!positive.SequenceEqual(Enumerable.Range(2, shape.Rank - 2).Select(a => (long)a))) continue;
            Rewrite(graph, facts, node, shape);
        }
        graph.Changed();
    }

    /// <summary>An attribute before opset 18, an input from then on; null if absent or not constant.</summary>
    private static long[]? Axes(OnnxGraph graph, NodeProto node) =>
        node.Ints("axes") ?? (node.HasInput(1) ? graph.Constant(node.Inputs[1])?.Longs() : null);

    private static void Rewrite(OnnxGraph graph, TensorFacts facts, NodeProto node, Shape shape)
    {
        bool keep = node.Int("keepdims", 1) != 0;
        string output = node.Outputs[0];
        node.OpType = "GlobalAveragePool";
        node.Inputs = [node.Inputs[0]];
        node.Attributes = [];
        if (keep) return;
        string pooled = graph.Fresh(output + "_pooled");
        int[] dims = [shape[0], shape[1], .. Enumerable.Repeat(1, shape.Rank - 2)];
        facts.Add(pooled, DataType.Float32, new Shape(dims));
        node.Outputs[0] = pooled;
        graph.InsertAfter(node, new NodeProto { Name = node.Name + "_flatten", OpType = "Flatten", Inputs = [pooled], Outputs = [output] });
    }
}
