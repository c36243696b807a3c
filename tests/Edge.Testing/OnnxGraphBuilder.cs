using System.Runtime.InteropServices;
using System.Text;
using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Testing;

/// <summary>
/// Writes a small model down in a few lines:
/// <code>
/// ModelProto model = new OnnxGraphBuilder(opset: 17)
///     .Input("x", DataType.Float32, "N", 4)
///     .Initializer("slope", new float[] { 0.1f }, 1)
///     .Node("PRelu", ["x", "slope"], ["y"])
///     .Output("y", DataType.Float32, "N", 4)
///     .Build();
/// </code>
/// </summary>
public sealed class OnnxGraphBuilder
{
    private readonly GraphProto _graph = new() { Name = "graph" };
    private readonly List<OperatorSetIdProto> _opsets = [];

    /// <param name="opset">Version of ONNX's own operator set.</param>
    public OnnxGraphBuilder(int opset = 17) => Opset("", opset);

    /// <summary>Imports one more operator set, or another version of one.</summary>
    public OnnxGraphBuilder Opset(string domain, int version)
    {
        _opsets.RemoveAll(opset => opset.Domain == domain);
        _opsets.Add(new OperatorSetIdProto { Domain = domain, Version = version });
        return this;
    }

    /// <summary>A graph input. A dimension is a number, a name such as <c>"N"</c>, or -1 for unknown; none: a scalar.</summary>
    public OnnxGraphBuilder Input(string name, DataType type, params ReadOnlySpan<GraphDim> dims)
    {
        _graph.Inputs.Add(Value(name, type, dims));
        return this;
    }

    /// <inheritdoc cref="Input(string, DataType, ReadOnlySpan{GraphDim})"/>
    public OnnxGraphBuilder Input(string name, DataType type, long[] dims) => Input(name, type, GraphDim.All(dims));

    /// <summary>A graph output, with dimensions as for an input.</summary>
    public OnnxGraphBuilder Output(string name, DataType type, params ReadOnlySpan<GraphDim> dims)
    {
        _graph.Outputs.Add(Value(name, type, dims));
        return this;
    }

    /// <inheritdoc cref="Output(string, DataType, ReadOnlySpan{GraphDim})"/>
    public OnnxGraphBuilder Output(string name, DataType type, long[] dims) => Output(name, type, GraphDim.All(dims));

    /// <summary>A graph output whose type and shape are left to inference.</summary>
    public OnnxGraphBuilder Output(string name)
    {
        _graph.Outputs.Add(new ValueInfoProto { Name = name });
        return this;
    }

    /// <summary>A graph output that is a sequence of maps from int64 or string to float: what a ZipMap writes.</summary>
    public OnnxGraphBuilder MapsOutput(string name, DataType key)
    {
        TypeProto map = new() { Map = new MapTypeProto { KeyType = (int)key, ValueType = TypeProto.OfTensor(ElementType.Float) } };
        _graph.Outputs.Add(new ValueInfoProto { Name = name, Type = new TypeProto { Sequence = new SequenceTypeProto { ElemType = map } } });
        return this;
    }

    /// <summary>A constant. Without dimensions one value is a scalar and several are a vector.</summary>
    public OnnxGraphBuilder Initializer<T>(string name, ReadOnlySpan<T> values, params long[] dims) where T : unmanaged =>
        Initializer(Tensor(name, values, dims));

    /// <inheritdoc cref="Initializer{T}(string, ReadOnlySpan{T}, long[])"/>
    public OnnxGraphBuilder Initializer<T>(string name, T[] values, params long[] dims) where T : unmanaged =>
        Initializer(Tensor(name, values, dims));

    public OnnxGraphBuilder Initializer(TensorProto tensor)
    {
        _graph.Initializers.Add(tensor);
        return this;
    }

    /// <summary>A node of ONNX's own operators. An empty name among the inputs or outputs leaves it out.</summary>
    public OnnxGraphBuilder Node(string opType, string[] inputs, string[] outputs, params AttributeProto[] attributes) =>
        Node("", opType, inputs, outputs, attributes);

    /// <summary>A node of another domain, which is imported in version 1 if it was not yet.</summary>
    public OnnxGraphBuilder Node(string domain, string opType, string[] inputs, string[] outputs, params AttributeProto[] attributes)
    {
        if (_opsets.TrueForAll(opset => opset.Domain != domain)) Opset(domain, 1);
        NodeProto node = new()
        {
            Name = $"{opType}_{_graph.Nodes.Count}",
            OpType = opType,
            Inputs = [.. inputs],
            Outputs = [.. outputs],
            Attributes = [.. attributes],
        };
        if (domain.Length != 0) node.Domain = domain;
        _graph.Nodes.Add(node);
        return this;
    }

    public ModelProto Build() => new()
    {
        IrVersion = 8,
        ProducerName = "edge tests",
        Graph = _graph,
        OpsetImports = _opsets,
    };

    /// <summary>The graph alone, for the attribute of an If or Loop.</summary>
    public GraphProto BuildGraph() => _graph;

    /// <summary>The model as a file holds it.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream stream = new();
        OnnxWriter.Write(Build(), stream);
        return stream.ToArray();
    }

    /// <summary>A tensor for an initializer or attribute; dimensions as for <see cref="Initializer{T}(string, T[], long[])"/>.</summary>
    public static TensorProto Tensor<T>(string name, ReadOnlySpan<T> values, params long[] dims) where T : unmanaged
    {
        if (dims.Length == 0 && values.Length != 1) dims = [values.Length];
        long count = dims.Aggregate(1L, (product, dim) => product * dim);
        if (count != values.Length) throw new ArgumentException($"tensor '{name}' has {values.Length} values for the shape [{string.Join(',', dims)}]");
        return new TensorProto
        {
            Name = name,
            DataType = (int)DataTypeExtensions.Of<T>(),
            Dims = [.. dims],
            RawData = MemoryMarshal.AsBytes(values).ToArray(),
        };
    }

    /// <inheritdoc cref="Tensor{T}(string, ReadOnlySpan{T}, long[])"/>
    public static TensorProto Tensor<T>(string name, T[] values, params long[] dims) where T : unmanaged =>
        Tensor(name, (ReadOnlySpan<T>)values, dims);

    /// <summary>A tensor of strings; dimensions as for numbers.</summary>
    public static TensorProto Tensor(string name, string[] values, params long[] dims)
    {
        if (dims.Length == 0 && values.Length != 1) dims = [values.Length];
        return new TensorProto
        {
            Name = name,
            DataType = (int)DataType.String,
            Dims = [.. dims],
            StringData = [.. values.Select(v => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(v))],
        };
    }

    private static ValueInfoProto Value(string name, DataType type, ReadOnlySpan<GraphDim> dims)
    {
        TensorShapeProto shape = new();
        foreach (GraphDim dim in dims) shape.Dims.Add(dim.ToProto());
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { Tensor = new TensorTypeProto { ElemType = (int)type, Shape = shape } },
        };
    }
}
