using Edge.Kernels.Dense;
using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Tensors;
using Edge.Testing;

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
        ConvGeometry first = shape.Geometry;
        DataType type = int8 ? DataType.UInt8 : DataType.Float32;
        var builder = new OnnxGraphBuilder();
        builder.Input("v0", type, [1, first.InChannels, first.InHeight, first.InWidth]);
        if (int8) builder.Initializer("scale", [0.05f]).Initializer("zero", [(byte)128]).Initializer("wscale", [0.01f]).Initializer("wzero", [(sbyte)0]);
        var random = new Random(1);
        for (int i = 0; i < layers; i++)
        {
            ConvGeometry g = i % 2 == 0 ? first : shape.Return ?? first;
            long[] dims = [g.OutChannels, g.InChannelsPerGroup, g.KernelHeight, g.KernelWidth];
            int count = (int)dims.Aggregate((a, b) => a * b);
            AttributeProto[] attributes =
            [
                AttributeProto.Of("group", g.Group),
                AttributeProto.Of("pads", [(long)g.PadTop, g.PadLeft, g.PadTop, g.PadLeft]),
                AttributeProto.Of("kernel_shape", [(long)g.KernelHeight, g.KernelWidth]),
            ];
            if (int8)
            {
                builder.Initializer($"w{i}", [.. Enumerable.Range(0, count).Select(_ => (sbyte)random.Next(-127, 128))], dims).Initializer($"b{i}", new int[g.OutChannels], g.OutChannels);
                builder.Node("QLinearConv", [$"v{i}", "scale", "zero", $"w{i}", "wscale", "wzero", "scale", "zero", $"b{i}"], [$"v{i + 1}"], attributes);
            }
            else
            {
                float scale = 3.4f / MathF.Sqrt((float)count / g.OutChannels);
                builder.Initializer($"w{i}", [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * scale)], dims).Initializer($"b{i}", new float[g.OutChannels], g.OutChannels);
                builder.Node("Conv", [$"v{i}", $"w{i}", $"b{i}"], [$"v{i + 1}"], attributes);
            }
        }
        return builder.Output($"v{layers}", type, [1, first.InChannels, first.InHeight, first.InWidth]).ToBytes();
    }
}
