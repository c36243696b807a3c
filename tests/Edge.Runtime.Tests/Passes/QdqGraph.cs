using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;

namespace Edge.Runtime.Tests.Passes;

/// <summary>Builds models of quantized operators between DequantizeLinear and QuantizeLinear.</summary>
internal sealed class QdqGraph
{
    private readonly OnnxGraphBuilder _graph;
    private int _names;

    public QdqGraph(DataType type = DataType.UInt8, params int[] dims)
    {
        Type = type;
        _graph = new OnnxGraphBuilder().Input("x", DataType.Float32, Array.ConvertAll(dims, d => (long)d));
    }

    /// <summary>Type of the activations.</summary>
    public DataType Type { get; }

    /// <summary>Quantizes and dequantizes a value; returns the name of the dequantized one.</summary>
    public string Round(string value, float scale = 0.02f, int zeroPoint = 100)
    {
        string q = Name(), dq = Name();
        string s = Parameter(scale), z = ZeroPoint(zeroPoint);
        _graph.Node("QuantizeLinear", [value, s, z], [q]).Node("DequantizeLinear", [q, s, z], [dq]);
        return dq;
    }

    /// <summary>Dequantized constant int8 weights, per channel of axis 0.</summary>
    public string Weights(int seed, params long[] dims)
    {
        string w = Name(), s = Name(), z = Name(), dq = Name();
        int count = (int)dims.Aggregate(1L, (a, b) => a * b), channels = (int)dims[0];
        var random = new Random(seed);
        var bytes = new sbyte[count];
        for (int i = 0; i < count; i++) bytes[i] = (sbyte)random.Next(-127, 128);
        _graph.Initializer(w, bytes, dims).Initializer(s, [.. Enumerable.Range(0, channels).Select(c => 0.005f + 0.001f * c)], channels).Initializer(z, new sbyte[channels], channels);
        _graph.Node("DequantizeLinear", [w, s, z], [dq], AttributeProto.Of("axis", 0L));
        return dq;
    }

    public string Node(string op, string[] inputs, params AttributeProto[] attributes)
    {
        string y = Name();
        _graph.Node(op, inputs, [y], attributes);
        return y;
    }

    public string Constant(float value) => Parameter(value);

    public string Constant(long[] values)
    {
        string n = Name();
        _graph.Initializer(n, values, values.Length);
        return n;
    }

    public ModelProto Build(string output) => _graph.Output(output).Build();

    /// <summary>Operators of the optimized plan, but for layout changes.</summary>
    public static IReadOnlyList<string> Plan(ModelProto proto)
    {
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        return [.. session.Describe().Steps.Select(s => s.OpType).Where(o => o != "Transpose")];
    }

    public static Tensor Input(params int[] dims) => EngineComparison.Random(7, dims);

    private string Parameter(float value)
    {
        string n = Name();
        _graph.Initializer(n, [value]);
        return n;
    }

    private string ZeroPoint(int value)
    {
        string n = Name();
        if (Type == DataType.Int8) _graph.Initializer(n, [(sbyte)(value - 128)]);
        else _graph.Initializer(n, [(byte)value]);
        return n;
    }

    private string Name() => $"v{_names++}";
}
