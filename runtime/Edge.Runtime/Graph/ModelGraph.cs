using Edge.Tensors;

namespace Edge.Runtime.Graph;

/// <summary>
/// A model's graph under construction: nodes in topological order over values. Passes rewrite it; a plan is made from
/// what is left. Not synchronized.
/// </summary>
internal sealed class ModelGraph
{
    private int _fresh;

    /// <summary>In topological order.</summary>
    public List<Node> Nodes { get; } = [];

    public List<Value> Inputs { get; } = [];

    public List<Value> Outputs { get; } = [];

    /// <summary>Imported version by domain ("" is the default domain).</summary>
    public Dictionary<string, int> Opsets { get; } = [];

    /// <summary>A constant that no node produces.</summary>
    public Value AddConstant(string name, Tensor tensor)
    {
        var v = new Value(Unique(name));
        v.SetConstant(tensor);
        return v;
    }

    /// <summary>A value for a node that a pass makes.</summary>
    public Value AddValue(string name, DataType type, Shape? shape) => new(Unique(name)) { Type = type, Shape = shape };

    /// <summary>A node that a pass makes; it is not yet in <see cref="Nodes"/>.</summary>
    public Node Make(string domain, string opType, string name, IEnumerable<Value?> inputs, IEnumerable<Value?> outputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var node = new Node(domain, opType, Opsets.GetValueOrDefault(domain, 1), name, inputs, outputs);
        foreach (var (key, value) in attributes) node.Attributes.Set(key, value);
        return node;
    }

    /// <summary>A Reshape of <paramref name="from"/>, which is not empty, to the shape of <paramref name="to"/>.</summary>
    public Node MakeReshape(Value from, Value to)
    {
        var shape = to.Shape!.Value;
        var dims = Tensor.Create<long>(new Shape(shape.Rank), Array.ConvertAll(shape.ToArray(), d => (long)d));
        return Make("", "Reshape", to.Name, [from, AddConstant(to.Name + ".shape", dims)], [to]);
    }

    /// <summary>Puts <paramref name="node"/> before <paramref name="position"/>.</summary>
    public void InsertBefore(Node position, Node node) => Nodes.Insert(Nodes.IndexOf(position), node);

    /// <summary>Puts <paramref name="node"/> in the place of <paramref name="old"/>, which is removed.</summary>
    public void Replace(Node old, Node node)
    {
        Nodes[Nodes.IndexOf(old)] = node;
        old.Detach();
        // Detaching takes the outputs' producer away where the new node took them over before.
        foreach (var v in node.Outputs)
            if (v is not null) v.Producer = node;
    }

    /// <summary>Puts <paramref name="node"/> behind <paramref name="position"/>.</summary>
    public void InsertAfter(Node position, Node node) => Nodes.Insert(Nodes.IndexOf(position) + 1, node);

    public void Remove(Node node)
    {
        Nodes.Remove(node);
        node.Detach();
    }

    /// <summary>Lets every reader of <paramref name="old"/>, graph outputs included, read <paramref name="replacement"/>.</summary>
    public void ReplaceUses(Value old, Value replacement)
    {
        foreach (var node in old.Consumers.Distinct().ToArray())
        {
            for (int i = 0; i < node.Inputs.Count; i++)
                if (node.Inputs[i] == old) node.SetInput(i, replacement);
        }

        for (int i = 0; i < Outputs.Count; i++)
            if (Outputs[i] == old) Outputs[i] = replacement;
    }

    public bool IsOutput(Value value) => Outputs.Contains(value);

    /// <summary>The only reader of <paramref name="value"/>; null if there are none, several, or the graph returns it.</summary>
    public Node? OnlyConsumer(Value value) => value.Consumers.Count == 1 && !IsOutput(value) ? value.Consumers[0] : null;

    private string Unique(string name) => $"{name}#{_fresh++}";
}
