using Edge.Onnx;
using Edge.Runtime;

namespace Edge.Fuzz.Mutation;

/// <summary>Changes to the nodes of a graph.</summary>
internal static class NodeMutation
{
    /// <summary>What a node reads and writes.</summary>
    public static void Wire(GraphProto graph, Random random)
    {
        if (Any(graph, random) is not { } node) return;
        bool inputs = random.Next(4) > 0;
        var names = inputs ? node.Inputs : node.Outputs;
        int at = random.Next(names.Count + 1);
        switch (random.Next(inputs ? 7 : 5))
        {
            case 0: if (at < names.Count) names.RemoveAt(at); break;
            case 1: if (at < names.Count) names[at] = ""; break;
            case 2: names.Insert(at, GraphMutation.AnyName(graph, random)); break;
            case 3: if (random.Next(16) == 0) names.AddRange(Enumerable.Repeat(GraphMutation.AnyName(graph, random), 1 << random.Next(12))); break;
            case 4: if (names.Count > 1) (names[0], names[^1]) = (names[^1], names[0]); break;
            default: if (at < names.Count) names[at] = GraphMutation.AnyName(graph, random); break;
        }
    }

    /// <summary>Which nodes there are.</summary>
    public static void Order(GraphProto graph, Func<ModelProto> donor, Random random)
    {
        if (Any(graph, random) is not { } node) return;
        int to = random.Next(graph.Nodes.Count);
        switch (random.Next(5))
        {
            case 0: graph.Nodes.Remove(node); break;
            case 1: graph.Nodes.Insert(to, node); break;
            case 2:
                graph.Nodes.Remove(node);
                graph.Nodes.Insert(to, node);
                break;
            case 3:
                var copy = new NodeProto { Name = "copy", OpType = node.OpType, Domain = node.Domain, Inputs = [.. node.Inputs], Outputs = [.. node.Outputs.Select(o => o + "+")], Attributes = [.. node.Attributes] };
                if (node.Outputs.Count > 0) copy.Inputs = [.. copy.Inputs.Select(i => i.Length > 0 && random.Next(2) == 0 ? node.Outputs[0] : i)];
                graph.Nodes.Insert(graph.Nodes.IndexOf(node) + 1, copy);
                if (copy.Outputs.Count > 0) graph.Outputs.Add(new ValueInfoProto { Name = copy.Outputs[0] });
                break;
            default:
                if (Any(donor().Graph!, random) is not { } foreign) return;
                foreign.Inputs = [.. foreign.Inputs.Select(i => i.Length == 0 ? i : GraphMutation.AnyName(graph, random))];
                foreign.Outputs = [.. foreign.Outputs.Select(o => o.Length == 0 ? o : o + "'")];
                graph.Nodes.Add(foreign);
                foreach (string o in foreign.Outputs.Where(o => o.Length > 0)) graph.Outputs.Add(new ValueInfoProto { Name = o });
                break;
        }
    }

    /// <summary>What a node does.</summary>
    public static void Operator(GraphProto graph, Random random)
    {
        if (Any(graph, random) is not { } node) return;
        var op = SupportedOperators.All[random.Next(SupportedOperators.All.Count)];
        node.OpType = op.OpType;
        node.Domain = op.Domain;
        // Most operators refuse attributes that are not theirs.
        if (random.Next(2) == 0) node.Attributes.RemoveAll(a => a.G is null);
    }

    public static void Attributes(GraphProto graph, Func<ModelProto> donor, Random random)
    {
        if (Any(graph, random) is not { } node) return;
        if (node.Attributes.Count == 0 || random.Next(12) == 0)
        {
            var source = random.Next(2) == 0 ? graph : donor().Graph!;
            if (Any(source, random) is not { Attributes.Count: > 0 } giver) return;
            // A graph of the same model might come to hold itself.
            var given = giver.Attributes[random.Next(giver.Attributes.Count)];
            if (given.G is null || source != graph) node.Attributes.Add(given);
            return;
        }

        var a = node.Attributes[random.Next(node.Attributes.Count)];
        switch (random.Next(12))
        {
            case 0: node.Attributes.Remove(a); break;
            case 1: node.Attributes.Add(a); break;
            case 2: a.Name = Nasty.Text(random); break;
            case 3: a.Type = (AttributeType)random.Next(-1, 16); break;
            case 4: a.RefAttrName = a.Name; break;
            default: Value(a, random); break;
        }
    }

    private static void Value(AttributeProto a, Random random)
    {
        switch (a.Type)
        {
            case AttributeType.Int: a.I = random.Next(3) switch { 0 => a.I + random.Next(-1, 2), 1 => Nasty.Size(random), _ => Nasty.Integer(random) }; break;
            case AttributeType.Float: a.F = Nasty.Float(random); break;
            case AttributeType.String: a.S = System.Text.Encoding.UTF8.GetBytes(Nasty.Text(random)); break;
            case AttributeType.Ints: Change(a.Ints, random, () => Nasty.Size(random)); break;
            case AttributeType.Floats: Change(a.Floats, random, () => Nasty.Float(random)); break;
            case AttributeType.Strings: Change(a.Strings, random, () => System.Text.Encoding.UTF8.GetBytes(Nasty.Text(random))); break;
            case AttributeType.Tensor when a.T is not null: TensorMutation.Tensor(a.T, random); break;
        }
    }

    private static void Change<T>(List<T> list, Random random, Func<T> value)
    {
        int at = random.Next(list.Count + 1);
        switch (random.Next(6))
        {
            case 0: list.Clear(); break;
            case 1: list.Insert(at, value()); break;
            case 2: if (at < list.Count) list.RemoveAt(at); break;
            case 3: if (random.Next(8) == 0) list.AddRange(Enumerable.Repeat(value(), 1 << random.Next(12))); break;
            default: if (at < list.Count) list[at] = value(); break;
        }
    }

    private static NodeProto? Any(GraphProto graph, Random random) => graph.Nodes.Count == 0 ? null : graph.Nodes[random.Next(graph.Nodes.Count)];
}
