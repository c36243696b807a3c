using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Import;
using Edge.Runtime.Operators;
using Edge.Runtime.Planning;

namespace Edge.Runtime.Passes;

/// <summary>Computes what import left because a later pass wanted to see it: dequantized weights.</summary>
internal static class ConstantFolding
{
    public static void Run(ModelGraph graph, PlanSettings settings)
    {
        WeightOnlyProducts.Run(graph);
        var budget = new NodeBudget(settings.Limits);
        foreach (var node in graph.Nodes.ToArray())
        {
            if (StaticOutputs(node) && GraphFolding.CanFold(node, keepDequantize: false)
                && OnlyFromDequantize(node, budget))
            {
                var results = NodeEvaluator.Evaluate(node, OperatorCatalog.Find(node.Domain, node.OpType)!, settings.Kernels);
                for (int i = 0; i < results.Length; i++) node.Outputs[i]?.SetConstant(results[i]!);
                graph.Remove(node);
            }
        }
    }

    private static bool StaticOutputs(Node node) => node.Outputs.All(v => v is null or { IsStatic: true });

    // What import refused to fold for its size stays unfolded.
    private static bool OnlyFromDequantize(Node node, NodeBudget budget) =>
        node.OpType == "DequantizeLinear" || budget.TryFold(GraphFolding.OutputBytes(node));
}
