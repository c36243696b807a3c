using Edge.Onnx;

namespace Edge.Quantization.Rewrite;

/// <summary>
/// A model's main graph with the links that rewriting needs: who writes a value, who reads it. The links are made again
/// at the first question after <see cref="Changed"/>; a pass that edits nodes directly calls it. Bodies of If and Loop are
/// left as they are; what they read from outside counts as read by their node. Not synchronized.
/// </summary>
internal sealed class OnnxGraph(ModelProto model)
{
    private readonly HashSet<string> _issued = [];
    private Links? _links;

    public ModelProto Model { get; } = model;

    /// <summary>In topological order.</summary>
    public List<NodeProto> Nodes => Model.Graph.Nodes;

    public IEnumerable<string> Inputs => Model.Graph.Inputs.Select(i => i.Name);

    /// <summary>Version of ONNX's own operator set.</summary>
    public long Opset
    {
        get => Default(Model)?.Version ?? throw new ModelException("the model imports no version of ONNX's operators");
        set => Default(Model)!.Version = value;
    }

    /// <summary>Imports an operator set, at least in that version.</summary>
    public void Import(string domain, long version)
    {
        if (Model.OpsetImports.Find(o => o.Domain == domain) is not { } set) Model.OpsetImports.Add(new OperatorSetIdProto { Domain = domain, Version = version });
        else set.Version = Math.Max(set.Version, version);
    }

    /// <summary>The initializer of that name, or null.</summary>
    public TensorProto? Constant(string name) => Current.Constants.GetValueOrDefault(name);

    public NodeProto? Producer(string name) => Current.Producers.GetValueOrDefault(name);

    /// <summary>The nodes that read the value, each once, in graph order.</summary>
    public IReadOnlyList<NodeProto> Consumers(string name) => Current.Consumers.GetValueOrDefault(name) ?? [];

    public bool IsOutput(string name) => Current.Outputs.Contains(name);

    /// <summary>Whether the body of an If or Loop reads the value.</summary>
    public bool IsCaptured(string name) => Current.Captured.Contains(name);

    /// <summary>The only node that reads the value, if the graph does not return it and no body reads it; else null.</summary>
    public NodeProto? OnlyConsumer(string name) =>
        !IsOutput(name) && !IsCaptured(name) && Consumers(name) is [var only] && only.Inputs.Count(i => i == name) == 1 ? only : null;

    /// <summary>Whether the node is one of ONNX's own operators of that name.</summary>
    public static bool Is(NodeProto node, string opType) => node.OpType == opType && IsDefaultDomain(node);

    public static bool IsDefaultDomain(NodeProto node) => node.Domain is "" or "ai.onnx";

    /// <summary>The node as messages name it: <c>Conv 'stem/conv'</c>.</summary>
    public static string Describe(NodeProto node) => $"{node.OpType} '{(node.Name.Length > 0 ? node.Name : node.Outputs.FirstOrDefault(o => o.Length > 0) ?? "?")}'";

    /// <summary>States that nodes, initializers or outputs were edited.</summary>
    public void Changed() => _links = null;

    /// <summary>Lets every reader of <paramref name="old"/>, bodies included, read <paramref name="by"/>. Graph outputs keep their names.</summary>
    public void ReplaceReads(string old, string by)
    {
        foreach (NodeProto node in Nodes) ReplaceReads(node, old, by);
        Changed();
    }

    public static void ReplaceReads(NodeProto node, string old, string by) => ReplaceReads(node, new Dictionary<string, string> { [old] = by });

    /// <summary>Lets a node, bodies included, read other values, all at once.</summary>
    /// <param name="node">Changed in place.</param>
    /// <param name="by">By the name of what was read: what is read instead.</param>
    public static void ReplaceReads(NodeProto node, IReadOnlyDictionary<string, string> by)
    {
        for (int i = 0; i < node.Inputs.Count; i++) node.Inputs[i] = by.GetValueOrDefault(node.Inputs[i], node.Inputs[i]);
        foreach (GraphProto body in Bodies(node))
        {
            foreach (NodeProto inner in body.Nodes) ReplaceReads(inner, by);
            foreach (ValueInfoProto output in body.Outputs) output.Name = by.GetValueOrDefault(output.Name, output.Name);
        }
    }

    public void Remove(NodeProto node)
    {
        Nodes.Remove(node);
        Changed();
    }

    public void InsertBefore(NodeProto position, NodeProto node)
    {
        Nodes.Insert(Nodes.IndexOf(position), node);
        Changed();
    }

    public void InsertAfter(NodeProto position, NodeProto node)
    {
        Nodes.Insert(Nodes.IndexOf(position) + 1, node);
        Changed();
    }

    /// <summary>Adds an initializer under its own name, or a fresh one like it; returns the name.</summary>
    public string AddConstant(TensorProto tensor)
    {
        tensor.Name = Fresh(tensor.Name);
        Model.Graph.Initializers.Add(tensor);
        Changed();
        return tensor.Name;
    }

    /// <summary>A value name like <paramref name="name"/> that nothing in the model uses and that was not given out before.</summary>
    public string Fresh(string name)
    {
        HashSet<string> used = Current.Names;
        string fresh = name;
        for (int n = 1; used.Contains(fresh) || !_issued.Add(fresh); n++) fresh = $"{name}_{n}";
        return fresh;
    }

    /// <summary>Gives every node a name of its own, so that options and reports can refer to it.</summary>
    public void NameNodes()
    {
        var used = new HashSet<string>();
        foreach (NodeProto node in Nodes)
        {
            string name = node.Name.Length > 0 ? node.Name : node.Outputs.FirstOrDefault(o => o.Length > 0) ?? node.OpType;
            string unique = name;
            for (int n = 1; !used.Add(unique); n++) unique = $"{name}_{n}";
            node.Name = unique;
        }
    }

    /// <summary>Drops nodes whose results nobody reads, then initializers that nobody reads, and stale value types.</summary>
    public void RemoveDead()
    {
        for (int i = Nodes.Count - 1; i >= 0; i--)
        {
            if (Nodes[i].Outputs.Any(o => o.Length > 0 && (IsOutput(o) || Consumers(o).Count > 0))) continue;
            Nodes.RemoveAt(i);
            Changed();
        }
        Model.Graph.Initializers.RemoveAll(t => !IsOutput(t.Name) && Consumers(t.Name).Count == 0);
        HashSet<string> written = [.. Nodes.SelectMany(n => n.Outputs)];
        Model.Graph.ValueInfos.RemoveAll(v => !written.Contains(v.Name));
        Changed();
    }

    public static IEnumerable<GraphProto> Bodies(NodeProto node)
    {
        foreach (AttributeProto a in node.Attributes)
        {
            if (a.G is not null) yield return a.G;
            foreach (GraphProto g in a.Graphs) yield return g;
        }
    }

    private static OperatorSetIdProto? Default(ModelProto model) => model.OpsetImports.Find(o => o.Domain is "" or "ai.onnx");

    private Links Current => _links ??= new Links(Model.Graph);

    private sealed class Links
    {
        public Links(GraphProto graph)
        {
            foreach (TensorProto t in graph.Initializers) Constants[t.Name] = t;
            foreach (ValueInfoProto o in graph.Outputs) Outputs.Add(o.Name);
            foreach (NodeProto node in graph.Nodes)
            {
                foreach (string output in node.Outputs)
                    if (output.Length > 0) Producers[output] = node;
                foreach (string input in node.Inputs) Read(input, node);
                foreach (GraphProto body in Bodies(node)) Capture(body, node);
            }
            Names.UnionWith(graph.Inputs.Select(i => i.Name));
            Names.UnionWith(Constants.Keys);
            Names.UnionWith(Producers.Keys);
            Names.UnionWith(Outputs);
        }

        public Dictionary<string, TensorProto> Constants { get; } = [];

        public Dictionary<string, NodeProto> Producers { get; } = [];

        public Dictionary<string, List<NodeProto>> Consumers { get; } = [];

        public HashSet<string> Outputs { get; } = [];

        public HashSet<string> Captured { get; } = [];

        public HashSet<string> Names { get; } = [];

        private void Read(string name, NodeProto node)
        {
            if (name.Length == 0) return;
            if (!Consumers.TryGetValue(name, out List<NodeProto>? readers)) Consumers[name] = readers = [];
            if (readers.Count == 0 || readers[^1] != node) readers.Add(node);
        }

        /// <summary>Names are unique over a graph and its bodies, so what a body reads and does not write comes from outside.</summary>
        private void Capture(GraphProto body, NodeProto owner)
        {
            HashSet<string> inside = [.. body.Inputs.Select(i => i.Name), .. body.Initializers.Select(t => t.Name), .. body.Nodes.SelectMany(n => n.Outputs)];
            Names.UnionWith(inside);
            IEnumerable<string> reads = body.Nodes.SelectMany(n => n.Inputs).Concat(body.Outputs.Select(o => o.Name));
            foreach (string name in reads.Where(n => n.Length > 0 && !inside.Contains(n)))
            {
                Captured.Add(name);
                Read(name, owner);
            }
            foreach (GraphProto inner in body.Nodes.SelectMany(Bodies)) Capture(inner, owner);
        }
    }
}
