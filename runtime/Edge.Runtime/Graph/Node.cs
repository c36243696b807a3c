using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Runtime.Graph;

/// <summary>
/// One application of an operator. Inputs may be null where the operator makes them optional. Keeps the
/// <see cref="Value.Consumers"/> of its inputs and the <see cref="Value.Producer"/> of its outputs true.
/// </summary>
internal sealed class Node
{
    private readonly List<Value?> _inputs;
    private readonly List<Value?> _outputs = new(1);
    private ulong _consulted;

    public Node(string domain, string opType, int opset, string name, IEnumerable<Value?> inputs, IEnumerable<Value?> outputs)
    {
        Domain = domain;
        OpType = opType;
        Opset = opset;
        Name = name;
        Attributes = new NodeAttributes(this);
        _inputs = new(inputs.TryGetNonEnumeratedCount(out int count) ? count : 0);
        foreach (var v in inputs) AddInput(v);
        foreach (var v in outputs) AddOutput(v);
    }

    /// <summary>The ONNX domain, "" for the default one; <see cref="Operators.OperatorCatalog.Internal"/> for operators that only passes make.</summary>
    public string Domain { get; }

    public string OpType { get; }

    /// <summary>The version of <see cref="Domain"/> that the model imports.</summary>
    public int Opset { get; }

    /// <summary>The node's name, or that of its first output where the model gives none.</summary>
    public string Name { get; }

    public NodeAttributes Attributes { get; }

    public IReadOnlyList<Value?> Inputs => _inputs;

    /// <summary>Null where the model does not use an optional output.</summary>
    public IReadOnlyList<Value?> Outputs => _outputs;

    /// <summary>How messages name the node: <c>Conv 'head/2'</c>.</summary>
    public string Path => $"{OpType} '{Name}'";

    /// <summary>Whether types and shapes of all inputs that are given are known.</summary>
    public bool InputsAreStatic => AreStatic(_inputs);

    /// <summary>Whether types and shapes of all outputs that are used are known.</summary>
    public bool OutputsAreStatic => AreStatic(_outputs);

    /// <summary>Whether input <paramref name="index"/> is given.</summary>
    public bool Has(int index) => index < _inputs.Count && _inputs[index] is not null;

    /// <summary>Input <paramref name="index"/>, or null if it is left out.</summary>
    public Value? Input(int index) => index < _inputs.Count ? _inputs[index] : null;

    /// <summary>The elements of input <paramref name="index"/> if they are known; else null.</summary>
    public Tensor? Constant(int index)
    {
        var known = Input(index)?.Constant;
        if (known is not null) _consulted |= 1UL << index;
        return known;
    }

    /// <summary>Whether the elements of input <paramref name="index"/> were asked for: what was made of the node then depends on them.</summary>
    public bool Consulted(int index) => (_consulted >> index & 1) != 0;

    public void AddInput(Value? value)
    {
        _inputs.Add(value);
        value?.AddConsumer(this);
    }

    public void SetInput(int index, Value? value)
    {
        while (_inputs.Count <= index) _inputs.Add(null);
        _inputs[index]?.RemoveConsumer(this);
        _inputs[index] = value;
        value?.AddConsumer(this);
    }

    public void AddOutput(Value? value)
    {
        _outputs.Add(value);
        if (value is not null) value.Producer = this;
    }

    public void SetOutput(int index, Value? value)
    {
        if (_outputs[index] is { } old && old.Producer == this) old.Producer = null;
        _outputs[index] = value;
        if (value is not null) value.Producer = this;
    }

    /// <summary>Takes the node, which is a part of another one from now on, out of the lists of its inputs. It keeps them itself.</summary>
    internal void BecomePart()
    {
        foreach (var v in _inputs) v?.RemoveConsumer(this);
    }

    /// <summary>Takes the node out of the lists of its values. It must not be used afterwards.</summary>
    internal void Detach()
    {
        for (int i = 0; i < _inputs.Count; i++) SetInput(i, null);
        for (int i = 0; i < _outputs.Count; i++) SetOutput(i, null);
    }

    /// <summary>An exception whose message begins with <see cref="Path"/>.</summary>
    public ModelException Error(string message) => new($"{Path}: {message}");

    private static bool AreStatic(List<Value?> values)
    {
        foreach (var v in values)
            if (v is { IsStatic: false }) return false;
        return true;
    }

    public override string ToString() => $"{Path}({string.Join(", ", _inputs.Select(v => v?.Name))}) → {string.Join(", ", _outputs.Select(v => v?.Name))}";
}
