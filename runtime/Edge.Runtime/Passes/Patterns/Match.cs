using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes.Patterns;

/// <summary>
/// What a <see cref="Term"/> found so far: the values and numbers it named, and the nodes it looked through. Terms that
/// try alternatives go back to an earlier <see cref="Mark"/>.
/// </summary>
internal sealed class Match(ModelGraph graph)
{
    /// <summary>Far more than any pattern needs; a graph made to be read in many ways shall not take long to be passed over.</summary>
    private const int LargestEffort = 500;

    private int _effort;

    private readonly List<(string Name, Value Value)> _values = [];
    private readonly List<(string Name, double Number)> _numbers = [];
    private readonly List<Node> _nodes = [];

    public ModelGraph Graph { get; } = graph;

    /// <summary>The value that a term named.</summary>
    public Value this[string name] => Find(name)!;

    public Value? Find(string name) => _values.FirstOrDefault(v => v.Name == name).Value;

    /// <summary>The number that a term named.</summary>
    public float Number(string name) => (float)_numbers.First(n => n.Name == name).Number;

    /// <summary>Names a value; a name stands for one value only.</summary>
    public bool Bind(string name, Value value)
    {
        if (Find(name) is { } known) return known == value;
        _values.Add((name, value));
        return true;
    }

    /// <summary>Names a number; a name stands for one number only.</summary>
    public bool Bind(string name, double number)
    {
        int known = _numbers.FindIndex(n => n.Name == name);
        if (known >= 0) return Terms.Near(_numbers[known].Number, number);
        _numbers.Add((name, number));
        return true;
    }

    public void Include(Node node)
    {
        if (!_nodes.Contains(node)) _nodes.Add(node);
    }

    /// <summary>Whether it is worth while to try one more way of reading the graph.</summary>
    public bool GoesOn() => ++_effort <= LargestEffort;

    public (int, int, int) Mark() => (_values.Count, _numbers.Count, _nodes.Count);

    /// <summary>Forgets what was found since <paramref name="mark"/>; returns false, which is what the caller goes on with.</summary>
    public bool Back((int Values, int Numbers, int Nodes) mark)
    {
        _values.RemoveRange(mark.Values, _values.Count - mark.Values);
        _numbers.RemoveRange(mark.Numbers, _numbers.Count - mark.Numbers);
        _nodes.RemoveRange(mark.Nodes, _nodes.Count - mark.Nodes);
        return false;
    }

    /// <summary>Whether nothing but the match itself reads what lies inside it, behind nothing but <paramref name="root"/>.</summary>
    public bool IsClosed(Node root) =>
        _nodes.TrueForAll(n => n == root || n.Outputs.All(v => v is null || (!Graph.IsOutput(v) && v.Consumers.All(_nodes.Contains))));

    /// <summary>Puts <paramref name="node"/>, whose output is that of <paramref name="root"/>, in the place of all that was matched.</summary>
    public void Replace(Node root, Node node)
    {
        Graph.Replace(root, node);
        for (bool removed = true; removed;)
        {
            removed = false;
            foreach (var n in _nodes)
            {
                if (n == root || n.Outputs.All(v => v is null) || n.Outputs.Any(v => v is { Consumers.Count: > 0 })) continue;
                Graph.Remove(n);
                removed = true;
            }
        }
    }

    /// <summary>The float32 number that a constant of one element is; else null.</summary>
    public static double? Scalar(Value? value) =>
        value?.Constant is { Type: DataType.Float32, Count: 1 } t ? t.AsSpan<float>()[0] : null;
}
