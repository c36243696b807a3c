using Edge.Kernels;
using Edge.Runtime.Graph;
using Edge.Runtime.Passes.Qdq;

namespace Edge.Runtime.Passes;

/// <summary>
/// Turns float operators between DequantizeLinear and QuantizeLinear into integer operators. What cannot be turned stays
/// as it is and computes in float.
/// </summary>
internal static class QdqFusion
{
    public static void Run(ModelGraph graph, KernelSet kernels)
    {
        if (!graph.Nodes.Any(n => n.OpType is "DequantizeLinear" or "QuantizeLinear")) return;
        // By position, since fusing inserts and removes around the present node; every rewrite removes or moves a
        // dequantization, so this ends.
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            var node = graph.Nodes[i];
            int before = graph.Nodes.Count;
            bool changed = node.OpType == "QuantizeLinear"
                ? MovementFusion.TryRequantize(graph, node) || LookupFusion.TryFuse(graph, node, kernels)
                : ConvFusion.TryConv(graph, node) || ConvFusion.TryProduct(graph, node) || MatMulFusion.TryFuse(graph, node)
                    || ArithmeticFusion.TryFuse(graph, node) || MovementFusion.TryMove(graph, node) || MovementFusion.TryChoose(node);
            // Nodes before this one may have gone; look again from where this one was.
            if (changed && graph.Nodes.Count < before) i = Math.Max(-1, i - (before - graph.Nodes.Count) - 1);
        }

        DeadNodeElimination.Run(graph);
    }
}
