using Edge.Tensors;

namespace Edge.Runtime.Graph;

/// <summary>An edge of the graph: a graph input, a constant, or one output of one node.</summary>
internal sealed class Value(string name)
{
    // Most have one.
    private readonly List<Node> _consumers = new(1);

    public string Name { get; set; } = name;

    /// <summary><see cref="DataType.Undefined"/> while unknown.</summary>
    public DataType Type { get; set; }

    /// <summary>Null while unknown: it depends on data that only a run brings.</summary>
    public Shape? Shape { get; set; }

    /// <summary>The elements, where they are known when the plan is built.</summary>
    public Tensor? Constant { get; private set; }

    /// <summary>The integers that <see cref="Constant"/> is made of when somebody asks for its elements; null where it is made of none.</summary>
    public StoredWeights? Stored { get; private set; }

    /// <summary>The node that writes it; null for graph inputs and constants.</summary>
    public Node? Producer { get; set; }

    /// <summary>The nodes that read it, one entry a use.</summary>
    public IReadOnlyList<Node> Consumers => _consumers;

    public bool IsConstant => Constant is not null;

    /// <summary>Type and shape are both known.</summary>
    public bool IsStatic => Type != DataType.Undefined && Shape.HasValue;

    public void SetConstant(Tensor tensor)
    {
        Constant = tensor;
        Stored = null;
        Type = tensor.Type;
        Shape = tensor.Shape;
    }

    /// <summary>Makes it a float32 constant, whose elements take memory only where somebody asks for them.</summary>
    public void SetStored(StoredWeights weights)
    {
        SetConstant(Tensor.Defer(DataType.Float32, weights.Shape, weights.Dequantize));
        Stored = weights;
    }

    /// <summary>Type and shape stay known.</summary>
    public void ForgetConstant()
    {
        Constant = null;
        Stored = null;
    }

    internal void AddConsumer(Node node) => _consumers.Add(node);

    /// <summary>Looks from the end: what was added last is mostly what goes.</summary>
    internal void RemoveConsumer(Node node)
    {
        int last = _consumers.LastIndexOf(node);
        if (last >= 0) _consumers.RemoveAt(last);
    }

    public override string ToString() => $"{Name}: {Type.OnnxName()}{(Shape.HasValue ? Shape.Value.ToString() : "[…]")}";
}
