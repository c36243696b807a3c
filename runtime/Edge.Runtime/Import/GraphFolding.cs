using Edge.Kernels;
using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Import;

/// <summary>Appends nodes to a graph, replacing those by constants whose result is known already.</summary>
internal static class GraphFolding
{
    /// <summary>
    /// Infers <paramref name="node"/> and appends it to the graph, or turns its outputs into constants.
    /// </summary>
    /// <param name="graph">The graph under construction.</param>
    /// <param name="node">Not yet in the graph; its inputs are.</param>
    /// <param name="op">Its operator.</param>
    /// <param name="kernels">For computing constants.</param>
    /// <param name="budget">Bounds what is folded; null for what cannot be much.</param>
    /// <param name="keepDequantize">
    /// Leave DequantizeLinear of constants in place: the quantization pass needs the integers.
    /// </param>
    public static void InferAndFold(ModelGraph graph, Node node, Operator op, KernelSet kernels, NodeBudget? budget, bool keepDequantize)
    {
        if (op is ValueOperator)
        {
            NodeInference.Infer(node, op);
            graph.Nodes.Add(node);
            return;
        }

        bool inputsStatic = node.Inputs.All(v => v is null or { IsStatic: true });
        if (inputsStatic && NodeInference.Infer(node, op))
        {
            if (op.Fold(node) is { } known)
            {
                node.Outputs[0]!.SetConstant(known);
                node.Detach();
                return;
            }

            if (CanFold(node, keepDequantize) && budget?.TryFold(OutputBytes(node)) != false)
            {
                var results = NodeEvaluator.Evaluate(node, op, kernels);
                for (int i = 0; i < results.Length; i++) node.Outputs[i]?.SetConstant(results[i]!);
                node.Detach();
                return;
            }
        }

        graph.Nodes.Add(node);
    }

    public static bool CanFold(Node node, bool keepDequantize)
    {
        if (node.Inputs.Count == 0 || !node.Inputs.All(v => v is null or { IsConstant: true })) return false;
        if (OperatorCatalog.Find(node.Domain, node.OpType) is ValueOperator) return false;
        if (keepDequantize && node.OpType == "DequantizeLinear") return false;
        return true;
    }

    /// <summary>Bytes of all outputs, whose shapes are known.</summary>
    public static long OutputBytes(Node node) => node.Outputs.Sum(v => v is null ? 0 : (long)v.Shape!.Value.Count * v.Type.Size());
}
