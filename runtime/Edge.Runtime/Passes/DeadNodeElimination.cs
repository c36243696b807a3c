using Edge.Runtime.Graph;

namespace Edge.Runtime.Passes;

/// <summary>Removes nodes whose outputs nobody reads, and forgets single outputs that nobody reads.</summary>
internal static class DeadNodeElimination
{
    public static void Run(ModelGraph graph)
    {
        var outputs = graph.Outputs.ToHashSet();
        for (int i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            var node = graph.Nodes[i];
            if (node.Outputs.All(v => v is null || (v.Consumers.Count == 0 && !outputs.Contains(v)))) graph.Remove(node);
        }
    }
}
