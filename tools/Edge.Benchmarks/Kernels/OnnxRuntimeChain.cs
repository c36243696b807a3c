using System.Runtime.InteropServices;
using Edge.Kernels.Dense;
using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Tensors;

namespace Edge.Benchmarks.Kernels;

/// <summary>
/// The same layers as one model in ONNX Runtime. Two models of different length are measured: their difference is the
/// time of the layers alone, without what a run costs and without the change of layout at both ends.
/// </summary>
internal sealed class OnnxRuntimeChain : IDisposable
{
    /// <summary>Layers of the shorter model; the longer one has <see cref="LayerChain.Layers"/> more.</summary>
    private const int ShortLayers = 4;

    private readonly OnnxRuntimeSession _short;
    private readonly OnnxRuntimeSession _long;
    private readonly Tensor _input;

    public OnnxRuntimeChain(KernelShape shape, bool int8, int threads)
    {
        ConvGeometry g = shape.Geometry;
        var options = new OnnxRuntimeOptions { Threads = threads };
        _short = OnnxRuntimeSession.Load(Build(shape, int8, ShortLayers), "short chain", options);
        _long = OnnxRuntimeSession.Load(Build(shape, int8, ShortLayers + LayerChain.Layers), "long chain", options);
        _input = Tensor.Create(int8 ? DataType.UInt8 : DataType.Float32, new Shape(1, g.InChannels, g.InHeight, g.InWidth));
        var random = new Random(1);
        if (int8) random.NextBytes(_input.Bytes);
        else foreach (ref float f in _input.AsSpan<float>()) f = random.NextSingle() - 0.5f;
    }

    public void RunShort() => _short.Run(_input);

    public void RunLong() => _long.Run(_input);

    public void Dispose()
    {
        _short.Dispose();
        _long.Dispose();
    }

    private static byte[] Build(KernelShape shape, bool int8, int layers)
    {
        var graph = new GraphProto { Name = "chain" };
        if (int8) graph.Initializers.AddRange([Constant("scale", [0.05f]), Constant("zero", [(byte)128]), Constant("wscale", [0.01f]), Constant("wzero", [(sbyte)0])]);
        var random = new Random(1);
        for (int i = 0; i < layers; i++) AddLayer(graph, i % 2 == 0 ? shape.Geometry : shape.Return ?? shape.Geometry, int8, i, random);
        DataType type = int8 ? DataType.UInt8 : DataType.Float32;
        graph.Inputs.Add(Value("v0", type, shape.Geometry));
        graph.Outputs.Add(Value($"v{layers}", type, shape.Geometry));
        using var stream = new MemoryStream();
        OnnxWriter.Write(new ModelProto { IrVersion = 8, Graph = graph, OpsetImports = [new OperatorSetIdProto { Version = 17 }] }, stream);
        return stream.ToArray();
    }

    private static void AddLayer(GraphProto graph, in ConvGeometry g, bool int8, int index, Random random)
    {
        long[] dims = [g.OutChannels, g.InChannelsPerGroup, g.KernelHeight, g.KernelWidth];
        int count = (int)dims.Aggregate((a, b) => a * b);
        float scale = 3.4f / MathF.Sqrt((float)count / g.OutChannels);
        string x = $"v{index}", w = $"w{index}", b = $"b{index}";
        graph.Initializers.Add(int8
            ? Constant(w, [.. Enumerable.Range(0, count).Select(_ => (sbyte)random.Next(-127, 128))], dims)
            : Constant(w, [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * scale)], dims));
        graph.Initializers.Add(int8 ? Constant(b, new int[g.OutChannels], g.OutChannels) : Constant(b, new float[g.OutChannels], g.OutChannels));
        graph.Nodes.Add(new NodeProto
        {
            Name = $"layer{index}",
            OpType = int8 ? "QLinearConv" : "Conv",
            Inputs = int8 ? [x, "scale", "zero", w, "wscale", "wzero", "scale", "zero", b] : [x, w, b],
            Outputs = [$"v{index + 1}"],
            Attributes =
            [
                AttributeProto.Of("group", g.Group),
                AttributeProto.Of("pads", [(long)g.PadTop, g.PadLeft, g.PadTop, g.PadLeft]),
                AttributeProto.Of("kernel_shape", [(long)g.KernelHeight, g.KernelWidth]),
            ],
        });
    }

    private static TensorProto Constant<T>(string name, T[] values, params long[] dims) where T : unmanaged =>
        new() { Name = name, DataType = (int)DataTypeExtensions.Of<T>(), Dims = [.. dims], RawData = MemoryMarshal.AsBytes(values.AsSpan()).ToArray() };

    private static ValueInfoProto Value(string name, DataType type, in ConvGeometry g)
    {
        var shape = new TensorShapeProto();
        foreach (int dim in (int[])[1, g.InChannels, g.InHeight, g.InWidth]) shape.Dims.Add(new DimensionProto { Value = dim });
        return new ValueInfoProto { Name = name, Type = new TypeProto { Tensor = new TensorTypeProto { ElemType = (int)type, Shape = shape } } };
    }
}
