using Edge.Onnx;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators;

/// <summary>
/// What an operator sees while it validates a node. All inputs have known types and shapes.
/// </summary>
internal sealed class InferContext(Node node)
{
    public Node Node { get; } = node;

    public NodeAttributes Attributes => Node.Attributes;

    /// <summary>The version of the node's domain that the model imports.</summary>
    public int Opset => Node.Opset;

    public int InputCount => Node.Inputs.Count;

    public int OutputCount => Node.Outputs.Count;

    /// <summary>True once an output was declared <see cref="DataDependent"/>.</summary>
    public bool IsDataDependent { get; private set; }

    public bool Has(int input) => Node.Has(input);

    /// <summary>Whether the model uses output <paramref name="output"/>.</summary>
    public bool Wants(int output) => output < Node.Outputs.Count && Node.Outputs[output] is not null;

    public DataType Type(int input) => Required(input).Type;

    public Shape Shape(int input) => Required(input).Shape!.Value;

    /// <summary>The elements of an input if they are known now; null if it is left out or only a run brings them.</summary>
    public Tensor? Constant(int input) => Node.Constant(input);

    /// <summary>The elements of a known int32 or int64 input; null if it is left out or only a run brings them.</summary>
    public long[]? ConstantInts(int input)
    {
        var t = Constant(input);
        return t?.Type switch
        {
            null => null,
            DataType.Int64 => t.AsSpan<long>().ToArray(),
            DataType.Int32 => Array.ConvertAll(t.AsSpan<int>().ToArray(), i => (long)i),
            _ => throw Error($"input {input} '{Required(input).Name}' must hold int64 or int32, not {t.Type.OnnxName()}"),
        };
    }

    /// <summary>States type and shape of an output; outputs that the model does not use are passed over.</summary>
    public void Output(int output, DataType type, Shape shape)
    {
        if (!Wants(output)) return;
        Node.Outputs[output]!.Type = type;
        Node.Outputs[output]!.Shape = shape;
    }

    /// <summary>
    /// States that the shape of an output depends on elements that only a run brings. The node is then inferred and
    /// prepared again at run time, with the actual inputs as constants; if even those do not give the shape
    /// (NonMaxSuppression), its executor calls <see cref="StepContext.Allocate"/>.
    /// </summary>
    public void DataDependent(int output, DataType type)
    {
        IsDataDependent = true;
        if (!Wants(output)) return;
        Node.Outputs[output]!.Type = type;
        Node.Outputs[output]!.Shape = null;
    }

    /// <summary>Fails unless input <paramref name="input"/> has one of the types.</summary>
    public void RequireType(int input, params ReadOnlySpan<DataType> supported)
    {
        var t = Type(input);
        if (supported.Contains(t)) return;
        var names = string.Join(", ", supported.ToArray().Select(s => s.OnnxName()));
        throw Error($"input {input} '{Required(input).Name}' of type {t.OnnxName()} is not supported; supported: {names}");
    }

    /// <summary>Fails unless input <paramref name="input"/> has a rank within the bounds.</summary>
    public void RequireRank(int input, int min, int max = int.MaxValue)
    {
        int r = Shape(input).Rank;
        if (r >= min && r <= max) return;
        string want = min == max ? $"{min}" : max == int.MaxValue ? $"at least {min}" : $"{min} to {max}";
        throw Error($"input {input} '{Required(input).Name}' has rank {r} ({Shape(input)}); the operator takes rank {want}");
    }

    /// <summary>An exception that names the node: <c>throw c.Error("dilations [2,2] are not supported; supported: [1,1]")</c>.</summary>
    public ModelException Error(string message) => Node.Error(message);

    private Value Required(int input) => Node.Input(input) ?? throw Error($"input {input} is required and missing");
}
