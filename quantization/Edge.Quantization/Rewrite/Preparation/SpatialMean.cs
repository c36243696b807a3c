using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>
/// A ReduceMean over all spatial axes of a convolution's result, <c>[N, C, spatial…]</c>, is a GlobalAveragePool, for which
/// integer operators exist; without kept dimensions, a Flatten follows. Other means, as those of a layer normalization,
/// stay what they are.
/// </summary>
internal static class SpatialMean
{
    private static readonly HashSet<string> Elementwise =
        ["Relu", "Clip", "LeakyRelu", "PRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Add", "Mul", "BatchNormalization", "Concat"];

    public static void Apply(OnnxGraph graph, TensorFacts facts)
    {
        foreach (NodeProto node in graph.Nodes.Where(n => OnnxGraph.Is(n, "ReduceMean")).ToArray())
        {
            string input = node.Inputs[0];
            if (facts.ShapeOf(input) is not { Rank: >= 3 } shape || !facts.IsFloat(input) || Axes(graph, node) is not { } axes) continue;
            if (!IsPicture(graph, input)) continue;
            long[] positive = [.. axes.Select(a => a < 0 ? a + shape.Rank : a).Order()];
            if (!positive.SequenceEqual(Enumerable.Range(2, shape.Rank - 2).Select(a => (long)a))) continue;
            Rewrite(graph, facts, node, shape);
        }
        graph.Changed();
    }

    /// <summary>An attribute before opset 18, an input from then on; null if absent or not constant.</summary>
    private static long[]? Axes(OnnxGraph graph, NodeProto node) =>
        node.Ints("axes") ?? (node.HasInput(1) ? graph.Constant(node.Inputs[1])?.Longs() : null);

    /// <summary>Whether the value comes from a convolution or pool through nothing but elementwise operators.</summary>
    private static bool IsPicture(OnnxGraph graph, string value)
    {
        while (graph.Producer(value) is { } producer)
        {
            if (producer.OpType is "Conv" or "ConvTranspose" or "MaxPool" or "AveragePool") return true;
            if (!Elementwise.Contains(producer.OpType)) return false;
            value = producer.Inputs[0];
        }
        return false;
    }

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
