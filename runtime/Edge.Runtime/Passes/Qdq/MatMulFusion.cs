using Edge.Runtime.Graph;

namespace Edge.Runtime.Passes.Qdq;

/// <summary>The product of two dequantized tensors, neither of them weights of one matrix, becomes QLinearMatMul: attention, batches of products.</summary>
internal static class MatMulFusion
{
    public static bool TryFuse(ModelGraph graph, Node node)
    {
        if (node is not { OpType: "MatMul", Domain: "", Outputs: [{ IsStatic: true } y] } || y.Shape!.Value.Count == 0) return false;
        if (Affine8.Activation(node.Inputs[0]) is not { } a || Affine8.Activation(node.Inputs[1]) is not { } b) return false;
        if (Tail.Find(graph, y) is not { } tail) return false;
        var fused = graph.Make("", "QLinearMatMul", node.Name,
            [
                a.Integer, .. a.Parameters(graph, node.Name + ".a"), b.Integer, .. b.Parameters(graph, node.Name + ".b"),
                .. tail.To.Parameters(graph, node.Name + ".y"),
            ],
            [y], ("activation_low", (long)tail.Low), ("activation_high", (long)tail.High));
        tail.Replace(graph, node, fused);
        return true;
    }
}
