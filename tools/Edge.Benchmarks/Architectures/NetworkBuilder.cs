using System.Runtime.InteropServices;
using Edge.Onnx;

namespace Edge.Benchmarks.Architectures;

/// <summary>
/// Writes a network down as PyTorch exports it (opset 17, batch normalisation folded into convolutions), with weights from a seed.
/// </summary>
/// <remarks>
/// Speed does not depend on weights, as long as no value leaves the range in which numbers are normal. So they are drawn such that
/// variance is kept from layer to layer: normal, with the deviation √(2 / fan-in) before a rectifier and √(1 / fan-in) elsewhere (He et
/// al. 2015), and smaller by <see cref="BranchGain"/> at the end of residual branches, so that sums of many blocks stay finite and their
/// 8-bit forms do not saturate. Picture inputs are to have a deviation of about 1.
/// </remarks>
internal sealed partial class NetworkBuilder(int seed)
{
    /// <summary>What weights at the end of a residual branch are multiplied by.</summary>
    public const float BranchGain = 0.3f;

    private readonly GraphProto _graph = new() { Name = "network" };
    private readonly Dictionary<string, int[]> _shapes = [];
    private readonly Random _random = new(seed);

    public string Input(string name, ElementType type, params int[] dims)
    {
        _graph.Inputs.Add(Value(name, type, dims));
        _shapes[name] = dims;
        return name;
    }

    public string Input(params int[] dims) => Input("input", ElementType.Float, dims);

    /// <summary>The model, whose output is <paramref name="values"/>.</summary>
    public ModelProto Build(params string[] values)
    {
        foreach (string value in values) _graph.Outputs.Add(Value(value, ElementType.Float, _shapes[value]));
        return new ModelProto { IrVersion = 8, ProducerName = "edge benchmarks", Graph = _graph, OpsetImports = [new OperatorSetIdProto { Version = 17 }] };
    }

    /// <summary>The shape of a value, which every method of this class states.</summary>
    public int[] Shape(string value) => _shapes[value];

    /// <summary>A node of one output, whose shape is <paramref name="shape"/>.</summary>
    public string Op(string opType, string[] inputs, int[] shape, params AttributeProto[] attributes) => Ops(opType, inputs, [shape], attributes)[0];

    public string[] Ops(string opType, string[] inputs, int[][] shapes, params AttributeProto[] attributes)
    {
        string name = $"/{opType}_{_graph.Nodes.Count}";
        string[] outputs = [.. shapes.Select((_, i) => $"{name}_output_{i}")];
        for (int i = 0; i < shapes.Length; i++) _shapes[outputs[i]] = shapes[i];
        _graph.Nodes.Add(new NodeProto { Name = name, OpType = opType, Inputs = [.. inputs], Outputs = [.. outputs], Attributes = [.. attributes] });
        return outputs;
    }

    /// <summary>Normal numbers of the given deviation.</summary>
    public string Weights(double deviation, params int[] dims)
    {
        var values = new float[dims.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i += 2)
        {
            // Box and Muller 1958.
            double radius = deviation * Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())), angle = 2 * Math.PI * _random.NextDouble();
            values[i] = (float)(radius * Math.Cos(angle));
            if (i + 1 < values.Length) values[i + 1] = (float)(radius * Math.Sin(angle));
        }
        return Constant(values, dims);
    }

    public string Constant<T>(T[] values, params int[] dims) where T : unmanaged
    {
        string name = $"onnx::Constant_{_graph.Initializers.Count}";
        var type = typeof(T) == typeof(float) ? ElementType.Float : typeof(T) == typeof(long) ? ElementType.Int64 : throw new ArgumentException($"no constants of {typeof(T)}");
        _graph.Initializers.Add(new TensorProto { Name = name, DataType = (int)type, Dims = [.. dims.Select(d => (long)d)], RawData = MemoryMarshal.AsBytes(values.AsSpan()).ToArray() });
        _shapes[name] = dims;
        return name;
    }

    public string Scalar(float value) => Constant([value]);

    public string Ints(params int[] values) => Constant(Array.ConvertAll(values, v => (long)v), values.Length);

    public static AttributeProto Axis(int axis) => AttributeProto.Of("axis", (long)axis);

    public static AttributeProto Attribute(string name, params int[] values) => AttributeProto.Of(name, values.Select(v => (long)v));

    private static ValueInfoProto Value(string name, ElementType type, int[] dims)
    {
        var shape = new TensorShapeProto();
        foreach (int dim in dims) shape.Dims.Add(DimensionProto.Of(dim));
        return new ValueInfoProto { Name = name, Type = new TypeProto { Tensor = new TensorTypeProto { ElemType = (int)type, Shape = shape } } };
    }
}
