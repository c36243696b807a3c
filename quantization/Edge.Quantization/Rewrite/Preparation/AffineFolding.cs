using Edge.Onnx;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>
/// Folds BatchNormalization, and constant per-channel factors and terms, into the weights and bias of the Conv,
/// ConvTranspose, Gemm or MatMul before them (Krishnamoorthi 2018, section 3.2.2). Weights are computed in float64 and
/// rounded once; they are always new initializers, so that a shared one stays what it was for its other readers.
/// </summary>
internal static class AffineFolding
{
    public static void Apply(OnnxGraph graph, TensorFacts facts)
    {
        foreach (NodeProto node in graph.Nodes.ToArray())
        {
            if (!graph.Nodes.Contains(node)) continue;
            while (Fold(graph, node, facts))
            {
            }
        }
        graph.RemoveDead();
    }

    private static bool Fold(OnnxGraph graph, NodeProto node, TensorFacts facts)
    {
        if (LinearNode.Of(graph, node) is not { } linear) return false;
        string output = node.Outputs[0];
        if (graph.OnlyConsumer(output) is not { } next) return false;
        int rank = linear.OutputRank ?? facts.Rank(output) ?? -1;
        if (rank < 0) return false;
        int axis = linear.ChannelAxis < 0 ? rank - 1 : linear.ChannelAxis;
        if (ChannelAffine.Of(graph, next, output, rank, axis, linear.Channels) is not { } affine) return false;
        if (affine.Shifts && !linear.TakesBias) return false;
        linear.Scale(graph, affine);
        node.Outputs[0] = next.Outputs[0];
        graph.Remove(next);
        return true;
    }
}
