using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Benchmarks.Kernels;

/// <summary>
/// Layers of one shape, each with weights of its own, one after the other over two buffers: caches see what they see in a
/// network. A layer that is not its own successor runs as often on the same input.
/// </summary>
internal sealed unsafe class LayerChain : IDisposable
{
    /// <summary>Layers of a chain.</summary>
    public const int Layers = 20;

    private const int InputZeroPoint = 128;

    private readonly WorkerPool _pool;
    private readonly Arena[] _buffers;
    private readonly Arena _scratch;
    private readonly PreparedConv[] _layers;
    private readonly bool _backAndForth;

    /// <param name="set">The kernels.</param>
    /// <param name="shape">Of the first layer.</param>
    /// <param name="int8">Whether layers are integer convolutions.</param>
    /// <param name="method">How convolutions are computed; null for the way that the kernels choose.</param>
    /// <param name="pool">The threads.</param>
    public LayerChain(KernelSet set, KernelShape shape, bool int8, ConvMethod? method, WorkerPool pool)
    {
        _pool = pool;
        _backAndForth = shape.Return is not null;
        int element = int8 ? 1 : sizeof(float);
        nint largest = Math.Max((nint)shape.Geometry.InHeight * shape.Geometry.InWidth * shape.Geometry.InChannels, (nint)shape.Geometry.OutHeight * shape.Geometry.OutWidth * shape.Geometry.OutChannels);
        _buffers = [new Arena(largest * element), new Arena(largest * element)];
        var random = new Random(1);
        if (int8) random.NextBytes(new Span<byte>(_buffers[0].Base, (int)largest));
        else foreach (ref float f in new Span<float>(_buffers[0].Base, (int)largest)) f = random.NextSingle() - 0.5f;
        _layers = [.. Enumerable.Range(0, Layers).Select(i => Prepare(set.Dense.With(new DenseOptions(pool.Threads)), method, i % 2 == 1 && shape.Return is { } back ? back : shape.Geometry, int8, random))];
        _scratch = new Arena(_layers.Max(l => l.ScratchBytes));
    }

    /// <summary>The ways of computing layers of a shape, the one that the kernels would choose first.</summary>
    public static IReadOnlyList<ConvMethod> Methods(KernelSet set, KernelShape shape, bool int8) => int8
        ? set.Dense.MethodsInt8(shape.Geometry, Weights(shape.Geometry, new Random(1)), false, InputZeroPoint)
        : set.Dense.MethodsF32(shape.Geometry);

    public string KernelName => _layers[0].KernelName;

    /// <summary>Operations of all layers: two for each multiply-accumulate.</summary>
    public static double Operations(KernelShape shape) =>
        Layers * ((double)shape.Geometry.Macs + (shape.Return?.Macs ?? shape.Geometry.Macs));

    public void Run()
    {
        for (int i = 0; i < _layers.Length; i++)
        {
            int from = _backAndForth ? i % 2 : 0;
            byte* x = _buffers[from].Base, y = _buffers[1 - from].Base;
            if (_layers[i] is PreparedConvInt8 int8) int8.Run(x, y, _scratch.Base, _pool);
            else ((PreparedConvF32)_layers[i]).Run((float*)x, null, (float*)y, _scratch.Base, _pool);
        }
    }

    public void Dispose()
    {
        foreach (PreparedConv layer in _layers) layer.Dispose();
        foreach (Arena buffer in _buffers) buffer.Dispose();
        _scratch.Dispose();
    }

    private static PreparedConv Prepare(DenseKernels kernels, ConvMethod? method, in ConvGeometry g, bool int8, Random random)
    {
        int count = Count(g);
        float scale = 1 / MathF.Sqrt((float)count / g.OutChannels);
        if (int8)
        {
            Int8Weights weights = Weights(g, random);
            method ??= kernels.MethodsInt8(g, weights, false, InputZeroPoint)[0];
            return kernels.PrepareConvInt8(method.Value, g, weights, new int[g.OutChannels], false, InputZeroPoint, new Int8Output(Int8OutputKind.UInt8, [scale / 75], InputZeroPoint, 0, 255));
        }
        var floats = new float[count];
        foreach (ref float f in floats.AsSpan()) f = (random.NextSingle() - 0.5f) * 3.4f * scale;
        return kernels.PrepareConvF32(method ?? kernels.MethodsF32(g)[0], g, floats, new float[g.OutChannels], Activation.None);
    }

    private static Int8Weights Weights(in ConvGeometry g, Random random)
    {
        var weights = new byte[Count(g)];
        random.NextBytes(weights);
        return new Int8Weights(weights, true, []);
    }

    private static int Count(in ConvGeometry g) => g.OutChannels * g.InChannelsPerGroup * g.KernelHeight * g.KernelWidth;
}
