using System.Runtime.InteropServices;
using Edge.Onnx;
using Edge.Training.Layers;

namespace Edge.Training.Export;

/// <summary>Collects the ONNX nodes of a graph, NCHW, batch 1, opset 17.</summary>
internal sealed class ModelBuilder
{
    private const int Opset = 17;

    // IR 8 is what opset 17 came with (ONNX 1.12).
    private const int IrVersion = 8;
    private readonly GraphProto _graph = new();

    /// <summary>Adds a constant; returns its name.</summary>
    public string Initializer(string name, ReadOnlySpan<long> dims, ReadOnlySpan<float> data)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)ElementType.Float, RawData = MemoryMarshal.AsBytes(data).ToArray() };
        tensor.Dims.AddRange(dims);
        _graph.Initializers.Add(tensor);
        return name;
    }

    /// <summary>A node from the operation's inputs, then <paramref name="constants"/>, to its output.</summary>
    public void Node(Operation operation, string type, IEnumerable<string> constants, params IEnumerable<AttributeProto> attributes) =>
        Node(operation.Name, type, [.. operation.Inputs.Select(v => v.Name), .. constants], operation.Output.Name, attributes);

    public void Convolution(Operation operation, IEnumerable<string> constants, Window window, int groups) =>
        Node(operation, "Conv", constants, [AttributeProto.Of("group", (long)groups), .. Attributes(window)]);

    public void Pooling(Operation operation, string type, Window window) => Node(operation, type, [], Attributes(window));

    public void BatchNormalization(Operation operation, string[] constants, float epsilon, Nonlinearity nonlinearity)
    {
        var epsilonAttribute = AttributeProto.Of("epsilon", epsilon);
        if (nonlinearity == Training.Nonlinearity.None)
        {
            Node(operation, "BatchNormalization", constants, epsilonAttribute);
            return;
        }
        string normalized = operation.Name + ".normalized";
        Node(operation.Name, "BatchNormalization", [operation.Inputs[0].Name, .. constants], normalized, epsilonAttribute);
        Nonlinearity(operation.Name + ".activation", normalized, operation.Output.Name, nonlinearity);
    }

    public void Nonlinearity(Operation operation, Nonlinearity nonlinearity) =>
        Nonlinearity(operation.Name, operation.Inputs[0].Name, operation.Output.Name, nonlinearity);

    public void NearestUpsampling(Operation operation, int factor)
    {
        string scales = Initializer(operation.Name + ".scales", [4], [1, 1, factor, factor]);
        Node(operation, "Resize", ["", scales], AttributeProto.Of("mode", "nearest"), AttributeProto.Of("coordinate_transformation_mode", "asymmetric"), AttributeProto.Of("nearest_mode", "floor"));
    }

    public void Concatenation(Operation operation) => Node(operation, "Concat", [], AttributeProto.Of("axis", 1L));

    /// <summary>Flattens the pooled picture, multiplies, and gives <c>[1, channels]</c>.</summary>
    public void FullyConnected(Operation operation, string weights, string bias)
    {
        string input = operation.Inputs[0].Name;
        if (!_vectors.Contains(input))
        {
            Node(operation.Name + ".flatten", "Flatten", [input], operation.Name + ".flat", AttributeProto.Of("axis", 1L));
            input = operation.Name + ".flat";
        }
        Node(operation.Name, "Gemm", [input, weights, bias], operation.Output.Name);
        _vectors.Add(operation.Output.Name);
    }

    // Values of rank 2: a Gemm made them, and an elementwise node keeps that.
    private readonly HashSet<string> _vectors = new(StringComparer.Ordinal);

    public ModelProto Build(string name, IReadOnlyList<Value> inputs, IReadOnlyList<Value> outputs, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        _graph.Name = name;
        _graph.Inputs.AddRange(inputs.Select(Info));
        _graph.Outputs.AddRange(outputs.Select(Info));
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "Edge.Training", Graph = _graph };
        model.OpsetImports.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        foreach ((string key, string value) in metadata) model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return model;
    }

    private ValueInfoProto Info(Value value)
    {
        Extent e = value.Extent;
        TypeProto type = _vectors.Contains(value.Name)
            ? TypeProto.OfTensor(ElementType.Float, 1, e.Channels)
            : TypeProto.OfTensor(ElementType.Float, 1, e.Channels, e.Height, e.Width);
        return new ValueInfoProto { Name = value.Name, Type = type };
    }

    private void Nonlinearity(string name, string input, string output, Nonlinearity nonlinearity)
    {
        switch (nonlinearity)
        {
            case Training.Nonlinearity.Relu6:
                Node(name, "Clip", [input, Initializer(name + ".min", [], [0]), Initializer(name + ".max", [], [6])], output);
                break;
            case Training.Nonlinearity.None: Node(name, "Identity", [input], output); break;
            case Training.Nonlinearity.Relu: Node(name, "Relu", [input], output); break;
            case Training.Nonlinearity.HardSwish: Node(name, "HardSwish", [input], output); break;
            case Training.Nonlinearity.Sigmoid: Node(name, "Sigmoid", [input], output); break;
            default: throw new ArgumentOutOfRangeException(nameof(nonlinearity));
        }
    }

    private void Node(string name, string type, IReadOnlyList<string> inputs, string output, params IEnumerable<AttributeProto> attributes)
    {
        _graph.Nodes.Add(new NodeProto { Name = name, OpType = type, Inputs = [.. inputs], Outputs = [output], Attributes = [.. attributes] });
        if (type is not "Gemm" and not "Flatten" && inputs.Any(_vectors.Contains)) _vectors.Add(output);
    }

    private static AttributeProto[] Attributes(Window window) =>
    [
        AttributeProto.Of("kernel_shape", (long)window.Kernel, window.Kernel),
        AttributeProto.Of("strides", (long)window.Stride, window.Stride),
        AttributeProto.Of("pads", (long)window.Padding, window.Padding, window.Padding, window.Padding),
    ];
}
