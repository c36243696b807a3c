using Edge.Onnx;

namespace Edge.Runtime.Import;

/// <summary>The names that a graph reads and does not define: what it captures from the graphs around it.</summary>
internal static class FreeNames
{
    /// <summary>In the order of their first use.</summary>
    public static IEnumerable<string> Of(GraphProto graph)
    {
        var free = new OrderedDictionary<string, bool>();
        Collect(graph, [], free);
        return free.Keys;
    }

    private static void Collect(GraphProto graph, List<HashSet<string>> around, OrderedDictionary<string, bool> free)
    {
        var own = new HashSet<string>();
        foreach (var i in graph.Inputs) own.Add(i.Name);
        foreach (var t in graph.Initializers) own.Add(t.Name);
        around.Add(own);
        foreach (var n in graph.Nodes)
        {
            foreach (string i in n.Inputs) Read(i, around, free);
            foreach (var a in n.Attributes)
                if (a.G is not null) Collect(a.G, around, free);
            foreach (string o in n.Outputs) own.Add(o);
        }

        foreach (var o in graph.Outputs) Read(o.Name, around, free);
        around.RemoveAt(around.Count - 1);
    }

    private static void Read(string name, List<HashSet<string>> around, OrderedDictionary<string, bool> free)
    {
        if (name.Length > 0 && !around.Exists(names => names.Contains(name))) free.TryAdd(name, true);
    }
}
