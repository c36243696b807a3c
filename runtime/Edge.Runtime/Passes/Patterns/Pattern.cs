using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes.Patterns;

/// <summary>Something that exporters write out in several nodes and that one operator computes.</summary>
internal abstract class Pattern
{
    /// <summary>Operators that the last node of the pattern may be.</summary>
    public abstract IReadOnlyList<string> Roots { get; }

    /// <summary>
    /// Replaces what ends in <paramref name="root"/>, whose result is a float32 tensor of known shape. Returns false, having
    /// changed nothing, where it is something else, or where somebody else reads an intermediate value.
    /// </summary>
    public abstract bool TryReplace(ModelGraph graph, Node root);

    /// <summary>Goes once through the nodes and tries the patterns in their order.</summary>
    public static void Run(ModelGraph graph, IReadOnlyList<Pattern> patterns)
    {
        foreach (var node in graph.Nodes.ToArray())
        {
            // A node that an earlier pattern took has no output left.
            if (node is not { Domain: "", Outputs: [{ Type: DataType.Float32, IsStatic: true }] }) continue;
            foreach (var p in patterns)
                if (p.Roots.Contains(node.OpType) && p.TryReplace(graph, node)) break;
        }
    }
}
