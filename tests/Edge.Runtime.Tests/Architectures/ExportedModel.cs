using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;

namespace Edge.Runtime.Tests.Architectures;

/// <summary>Writes a network down as exporters do: constants as nodes, shapes computed in the graph, random weights.</summary>
internal sealed class ExportedModel(int opset, string prefix = "")
{
    private readonly Random _random = new(opset);
    private int _names;

    public OnnxGraphBuilder Graph { get; } = new(opset);

    public static AttributeProto Axis(long axis) => AttributeProto.Of("axis", axis);

    public static AttributeProto Attr(string name, params long[] values) => AttributeProto.Of(name, (IEnumerable<long>)values);

    public string Op(string opType, string[] inputs, params AttributeProto[] attributes) => Ops(opType, 1, inputs, attributes)[0];

    public string[] Ops(string opType, int outputs, string[] inputs, params AttributeProto[] attributes)
    {
        string[] names = [.. Enumerable.Range(0, outputs).Select(_ => Name(opType))];
        Graph.Node(opType, inputs, names, attributes);
        return names;
    }

    public string Input(string name, DataType type, params GraphDim[] dims)
    {
        Graph.Input(name, type, (ReadOnlySpan<GraphDim>)dims);
        return name;
    }

    public string Input(string name, params GraphDim[] dims) => Input(name, DataType.Float32, dims);

    public string Weights<T>(T[] values, params long[] dims) where T : unmanaged
    {
        string name = Name("weights");
        Graph.Initializer(name, values, dims);
        return name;
    }

    /// <summary>Weights whose products keep the scale of their input.</summary>
    public string Weights(params long[] dims)
    {
        long count = dims.Aggregate(1L, (a, b) => a * b);
        long fan = dims.Length switch { 1 => 10, 2 => dims[0], _ => count / dims[0] };
        return Weights(Draw(count, 0, (float)Math.Sqrt(3.0 / fan)), dims);
    }

    /// <summary>Scales and variances: about 1.</summary>
    public string Scales(params long[] dims) => Weights(Draw(dims.Aggregate(1L, (a, b) => a * b), 1, 0.4f), dims);

    public string Ints(params long[] values) => Op("Constant", [], AttributeProto.Of("value", OnnxGraphBuilder.Tensor("", values, values.Length)));

    public string Int(long value) => Op("Constant", [], AttributeProto.Of("value", OnnxGraphBuilder.Tensor("", [value])));

    public string Float(double value) => Op("Constant", [], AttributeProto.Of("value", OnnxGraphBuilder.Tensor("", [(float)value])));

    /// <summary>The size of one axis as a scalar: what <c>x.size(axis)</c> becomes.</summary>
    public string Size(string x, long axis) => Op("Gather", [Op("Shape", [x]), Int(axis)], Axis(0));

    /// <summary>A shape from scalars in the graph and from numbers.</summary>
    public string Shape(params string[] sizes) =>
        Op("Concat", [.. sizes.Select(s => long.TryParse(s, out long n) ? Ints(n) : Op("Unsqueeze", [s, Ints(0)]))], Axis(0));

    public string Reshape(string x, params string[] sizes) => Op("Reshape", [x, Shape(sizes)]);

    public string Transpose(string x, params long[] perm) => Op("Transpose", [x], Attr("perm", perm));

    public string Slice(string x, string from, string to, long axis, long step = 1) => Op("Slice", [x, from, to, Ints(axis), Ints(step)]);

    public string Softmax(string x) => Op("Softmax", [x], Axis(-1));

    public string Conv(string x, long from, long to, long kernel, long stride = 1) => Op("Conv", [x, Weights(to, from, kernel, kernel), Weights(to)],
        Attr("dilations", 1, 1), AttributeProto.Of("group", 1L), Attr("kernel_shape", kernel, kernel),
        Attr("pads", kernel / 2, kernel / 2, kernel / 2, kernel / 2), Attr("strides", stride, stride));

    public string BatchNorm(string x, long channels) =>
        Op("BatchNormalization", [x, Scales(channels), Weights(channels), Weights(channels), Scales(channels)], AttributeProto.Of("epsilon", 1e-5f));

    public string Silu(string x) => Op("Mul", [x, Op("Sigmoid", [x])]);

    public string MaxPool(string x, long height, long width) => Op("MaxPool", [x], Attr("kernel_shape", height, width), Attr("strides", height, width));

    /// <summary>nn.Linear of an input of three axes.</summary>
    public string Dense(string x, long from, long to) => Op("Add", [Weights(to), Op("MatMul", [x, Weights(from, to)])]);

    public string Gelu(string x) =>
        Op("Mul", [Op("Mul", [x, Op("Add", [Op("Erf", [Op("Div", [x, Float(Math.Sqrt(2))])]), Float(1)])]), Float(0.5)]);

    public string LayerNorm(string x, long width) => Op("LayerNormalization", [x, Scales(width), Weights(width)], Axis(-1), AttributeProto.Of("epsilon", 1e-5f));

    /// <summary>As before opset 17, or in opset 18 with the axes as an input.</summary>
    public string LayerNormWrittenOut(string x, long width)
    {
        string Mean(string v) => opset >= 18 ? Op("ReduceMean", [v, Ints(-1)]) : Op("ReduceMean", [v], Attr("axes", -1));
        string centred = Op("Sub", [x, Mean(x)]);
        string deviation = Op("Sqrt", [Op("Add", [Mean(Op("Pow", [centred, Float(2)])), Float(1e-12)])]);
        return Op("Add", [Op("Mul", [Op("Div", [centred, deviation]), Scales(width)]), Weights(width)]);
    }

    /// <summary>[batch, tokens, heads · depth] as [batch, heads, tokens, depth], or as <paramref name="perm"/> says.</summary>
    public string Heads(string x, long heads, long depth, params long[] perm) =>
        Transpose(Reshape(x, Size(x, 0), Size(x, 1), $"{heads}", $"{depth}"), perm.Length > 0 ? perm : [0, 2, 1, 3]);

    /// <summary>[batch, heads, tokens, depth] as [batch, tokens, width].</summary>
    public string Joined(string x, long width)
    {
        string t = Transpose(x, 0, 2, 1, 3);
        return Reshape(t, Size(t, 0), Size(t, 1), $"{width}");
    }

    public ModelProto Build(params string[] outputs)
    {
        foreach (string output in outputs) Graph.Output(output);
        return Graph.Build();
    }

    private string Name(string kind) => $"{prefix}/{kind}_{_names++}";

    private float[] Draw(long count, float middle, float spread)
    {
        var values = new float[count];
        foreach (ref float v in values.AsSpan()) v = middle + (_random.NextSingle() * 2 - 1) * spread;
        return values;
    }
}
