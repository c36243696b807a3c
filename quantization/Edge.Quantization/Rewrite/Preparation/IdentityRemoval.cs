using Edge.Onnx;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>Removes what does nothing at inference: Identity, and Dropout whose mask nobody reads.</summary>
internal static class IdentityRemoval
{
    public static void Apply(OnnxGraph graph)
    {
        foreach (NodeProto node in graph.Nodes.ToArray())
        {
            if (!OnnxGraph.Is(node, "Identity") && !IsInferenceDropout(graph, node)) continue;
            string from = node.Inputs[0], to = node.Outputs[0];
            if (!graph.IsOutput(to))
            {
                graph.Remove(node);
                graph.ReplaceReads(to, from);
            }
            else if (graph.Producer(from) is { } producer && !graph.IsOutput(from))
            {
                // The graph returns the copy: its producer writes that name, and everybody reads it.
                graph.Remove(node);
                graph.ReplaceReads(from, to);
                producer.Outputs[producer.Outputs.IndexOf(from)] = to;
                graph.Changed();
            }
        }
    }

    private static bool IsInferenceDropout(OnnxGraph graph, NodeProto node)
    {
        if (!OnnxGraph.Is(node, "Dropout")) return false;
        if (node.Outputs.Count > 1 && node.Outputs[1].Length > 0 && (graph.IsOutput(node.Outputs[1]) || graph.Consumers(node.Outputs[1]).Count > 0))
            return false;
        // training_mode left out, or a constant false.
        return !node.HasInput(2) || (graph.Constant(node.Inputs[2]) is { } mode && mode.GetBytes().Span is [0]);
    }
}
