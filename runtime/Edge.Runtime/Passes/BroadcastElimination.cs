using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Runtime.Operators.Binary;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>Elementwise operators broadcast by themselves: an Expand before one is left out where the other operand gives the shape.</summary>
internal static class BroadcastElimination
{
    public static void Run(ModelGraph graph)
    {
        foreach (var expand in graph.Nodes.ToArray())
        {
            if (expand is not { OpType: "Expand", Domain: "", Inputs: [{ IsStatic: true } x, ..], Outputs: [{ IsStatic: true } y] }) continue;
            foreach (var reader in y.Consumers.Distinct().ToArray())
            {
                if (!Broadcasts(reader) || reader.Outputs is not [{ IsStatic: true } result] || reader.Inputs.Any(v => v is not { IsStatic: true })) continue;
                Shape[] shapes = [.. reader.Inputs.Select(v => (v == y ? x : v!).Shape!.Value)];
                if (!Broadcast.TryShape(shapes, out var shape) || shape != result.Shape) continue;
                for (int i = 0; i < reader.Inputs.Count; i++)
                    if (reader.Inputs[i] == y) reader.SetInput(i, x);
            }

            if (y.Consumers.Count == 0 && !graph.IsOutput(y)) graph.Remove(expand);
        }
    }

    private static bool Broadcasts(Node node) =>
        OperatorCatalog.Find(node.Domain, node.OpType) is BinaryOperator and not PReluOperator || node is { Domain: "", OpType: "Where" };
}
