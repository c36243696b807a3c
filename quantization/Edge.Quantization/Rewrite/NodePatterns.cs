using System.IO.Enumeration;
using Edge.Onnx;

namespace Edge.Quantization.Rewrite;

/// <summary>Patterns of node names: <c>*</c> stands for any characters, <c>?</c> for any one.</summary>
internal static class NodePatterns
{
    /// <summary>The first pattern that the name matches, or null.</summary>
    public static string? Match(IEnumerable<string> patterns, string name) =>
        patterns.FirstOrDefault(p => FileSystemName.MatchesSimpleExpression(p, name, ignoreCase: false));

    /// <param name="graph">Its nodes have names.</param>
    /// <param name="patterns">The patterns.</param>
    /// <param name="purpose">What the nodes are to do, for the message: <c>stay in float</c>.</param>
    /// <exception cref="ModelException">A pattern matches no node.</exception>
    public static void Require(OnnxGraph graph, IEnumerable<string> patterns, string purpose)
    {
        foreach (string pattern in patterns)
        {
            if (graph.Nodes.Exists(n => Match([pattern], n.Name) is not null)) continue;
            throw new ModelException($"no node matches '{pattern}', which is to {purpose}; nodes are {string.Join(", ", graph.Nodes.Take(8).Select(n => $"'{n.Name}'"))}{(graph.Nodes.Count > 8 ? ", …" : "")}");
        }
    }
}
