using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Labels;

/// <summary>
/// LabelEncoder: each element replaced by the value of its key, or by a default. Version 1 knows strings and their places; since
/// version 2 keys and values are lists, and since version 4 tensors, and NaN can be a key.
/// </summary>
internal sealed class LabelEncoderOperator() : Operator("LabelEncoder", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    private static readonly string[] s_suffixes = ["strings", "int64s", "floats", "tensor"];

    public override void Infer(InferContext c)
    {
        c.RequireType(0, KeyTable.Types);
        var (keys, values, _) = Read(c.Node, c.Type(0));
        if (keys.Type != c.Type(0)) throw c.Error($"the keys are of type {keys.Type.OnnxName()}, the input is {c.Type(0).OnnxName()}");
        if (keys.Count != values.Count) throw c.Error($"there are {keys.Count} keys and {values.Count} values");
        c.Output(0, values.Type, c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var (keys, values, fallback) = Read(c.Node, c.Type(0));
        return new LookupExecutor(new KeyTable(keys, nan: c.Node.Opset >= 4), values, fallback, c.Type(0), c.Shape(0).Count);
    }

    private static (Tensor Keys, Tensor Values, Tensor Fallback) Read(Node node, DataType x)
    {
        if (node.Opset >= 2)
        {
            var keys = List(node, "keys");
            var values = List(node, "values");
            return (keys, values, Default(node, values.Type));
        }

        var classes = Texts.Tensor(new Shape(node.Attributes.Strings("classes_strings")?.Length ?? 0), node.Attributes.Strings("classes_strings") ?? [], node.Path);
        var places = Tensor.Create<long>(classes.Shape, [.. Enumerable.Range(0, classes.Count).Select(i => (long)i)]);
        var integer = Default(node, DataType.Int64);
        var text = Default(node, DataType.String);
        return x == DataType.String ? (classes, places, integer) : (places, classes, text);
    }

    /// <summary>The one of the attributes <c>NAME_strings</c>, <c>_int64s</c>, <c>_floats</c> and, since version 4, <c>_tensor</c> that is given.</summary>
    private static Tensor List(Node node, string name)
    {
        var a = node.Attributes;
        var given = new List<Tensor>();
        if (a.Strings($"{name}_strings") is { Length: > 0 } texts) given.Add(Texts.Tensor(new Shape(texts.Length), texts, node.Path));
        if (a.Ints($"{name}_int64s") is { Length: > 0 } integers) given.Add(Tensor.Create<long>(new Shape(integers.Length), integers));
        if (a.Floats($"{name}_floats") is { Length: > 0 } floats) given.Add(Tensor.Create<float>(new Shape(floats.Length), floats));
        if (node.Opset >= 4 && a.Tensor($"{name}_tensor") is { } tensor) given.Add(tensor);
        if (given.Count != 1) throw node.Error($"one of {string.Join(", ", s_suffixes.Select(s => $"{name}_{s}"))} is needed");
        if (!KeyTable.Types.Contains(given[0].Type)) throw node.Error($"{name} of type {given[0].Type.OnnxName()} are not supported; supported: {string.Join(", ", KeyTable.Types.ToArray().Select(t => t.OnnxName()))}");
        return given[0];
    }

    private static Tensor Default(Node node, DataType type)
    {
        var a = node.Attributes;
        string text = a.String("default_string", "_Unused");
        long integer = a.Int("default_int64", -1);
        float number = a.Float("default_float", -0f);
        if (node.Opset >= 4 && a.Tensor("default_tensor") is { } tensor)
        {
            if (tensor.Type != type || tensor.Count != 1) throw node.Error($"default_tensor is {tensor}; one {type.OnnxName()} is needed");
            return tensor;
        }

        return type switch
        {
            DataType.String => Texts.Tensor(Shape.Scalar, [text], node.Path),
            DataType.Float32 => Tensor.Create<float>(Shape.Scalar, [number]),
            DataType.Float64 => Tensor.Create<double>(Shape.Scalar, [number]),
            DataType.Int32 => Tensor.Create<int>(Shape.Scalar, [unchecked((int)integer)]),
            DataType.Int16 => Tensor.Create<short>(Shape.Scalar, [unchecked((short)integer)]),
            _ => Tensor.Create<long>(Shape.Scalar, [integer]),
        };
    }
}
