using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>Of nodes with the same operator, inputs and attributes one is kept, and everybody reads its results.</summary>
internal static class CommonSubexpressions
{
    /// <summary>Constants of up to this many bytes are compared by what they hold; larger ones by identity.</summary>
    private const int SmallConstant = 256;

    public static void Run(ModelGraph graph)
    {
        // Few nodes are like another at all, and only what those are is written down: until there is another, the first waits here.
        var waiting = new Dictionary<int, Node?>();
        var seen = new Dictionary<string, Node>();
        var identities = new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        foreach (var node in graph.Nodes.ToArray())
        {
            int likeness = Likeness(node);
            if (waiting.TryAdd(likeness, node)) continue;
            if (waiting[likeness] is { } alike && Key(alike, identities) is { } its) seen.Add(its, alike);
            waiting[likeness] = null;
            if (Key(node, identities) is not { } key) continue;
            if (!seen.TryGetValue(key, out var first))
            {
                seen.Add(key, node);
                continue;
            }

            // The first may leave out outputs that this one has; then both stay.
            if (node.Outputs.Where((v, i) => v is not null && (first.Outputs[i] is null || graph.IsOutput(v))).Any()) continue;
            for (int i = 0; i < node.Outputs.Count; i++)
                if (node.Outputs[i] is { } v) graph.ReplaceUses(v, first.Outputs[i]!);
            graph.Remove(node);
        }
    }

    /// <summary>Equal for nodes with the same operator and inputs, as far as these are not constants.</summary>
    private static int Likeness(Node node)
    {
        var hash = new HashCode();
        hash.Add(node.OpType, StringComparer.Ordinal);
        foreach (var v in node.Inputs) hash.Add(v is null || v.IsConstant ? 0 : RuntimeHelpers.GetHashCode(v));
        return hash.ToHashCode();
    }

    /// <summary>Equal for nodes that compute the same; null for those that may not be merged.</summary>
    private static string? Key(Node node, Dictionary<object, int> identities)
    {
        if (IsRandom(node.OpType) || node.Outputs.Any(v => v is { IsStatic: false })) return null;
        var key = new StringBuilder($"{node.Domain}.{node.OpType}.{node.Opset}.{node.Outputs.Count}");
        foreach (var v in node.Inputs)
            key.Append('|').Append(v is null ? "" : v.Constant is { } t ? Describe(t, identities) : Identity(v, identities));
        foreach (var (name, value) in node.Attributes.All.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            string? text = value switch
            {
                long n => n.ToString(CultureInfo.InvariantCulture),
                float f => BitConverter.SingleToInt32Bits(f).ToString(CultureInfo.InvariantCulture) + "f",
                string s => $"'{s.Length}{s}'",
                long[] list => string.Join(',', list),
                float[] list => string.Join(',', list.Select(BitConverter.SingleToInt32Bits)) + "f",
                string[] list => string.Join(',', list.Select(s => $"'{s.Length}{s}'")),
                Tensor t => Describe(t, identities),
                _ => null, // a graph, or what else a node may own
            };
            if (text is null) return null;
            key.Append('|').Append(name).Append('=').Append(text);
        }

        return key.ToString();
    }

    private static string Describe(Tensor t, Dictionary<object, int> identities) =>
        t.Type.Size() > 0 && t.ByteLength <= SmallConstant ? $"{t.Type}{t.Shape}:{Convert.ToHexString(t.Bytes)}" : Identity(t, identities);

    private static string Identity(object o, Dictionary<object, int> identities)
    {
        if (!identities.TryGetValue(o, out int id)) identities.Add(o, id = identities.Count);
        return "#" + id.ToString(CultureInfo.InvariantCulture);
    }

    private static bool IsRandom(string opType) => opType.StartsWith("Random", StringComparison.Ordinal) || opType is "Bernoulli" or "Multinomial";
}
