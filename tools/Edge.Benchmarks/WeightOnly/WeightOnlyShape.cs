using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Benchmarks.WeightOnly;

/// <summary>A product <c>[M,K]·[K,N]</c>, with so many matrices of weights, one after the other, that no cache keeps them unless <paramref name="Cached"/>.</summary>
internal readonly record struct WeightOnlyShape(int M, int K, int N, bool Cached = false)
{
    /// <summary>float32 weights of a chain, in bytes: more than any cache has even as 4 bits.</summary>
    private const long ChainBytes = 1L << 28;

    public string Name => $"{M}x{K}x{N}" + (Cached ? " cached" : "");

    public int Layers => Cached ? 1 : (int)Math.Max(1, ChainBytes / ((long)K * N * sizeof(float)));

    public static IReadOnlyList<WeightOnlyShape> All { get; } =
    [
        new(1, 768, 768, Cached: true), new(1, 768, 768), new(1, 768, 3072), new(1, 3072, 768), new(1, 4096, 4096),
        new(2, 768, 3072), new(4, 768, 3072), new(8, 768, 3072), new(16, 768, 3072), new(32, 768, 3072), new(64, 768, 3072), new(256, 768, 3072),
        new(1, 192, 192, Cached: true), new(8, 192, 192, Cached: true), new(197, 192, 768, Cached: true),
    ];
}

/// <summary>Products of one shape, each with weights of its own.</summary>
internal sealed unsafe class WeightOnlyChain : IDisposable
{
    private readonly WorkerPool _pool;
    private readonly PreparedConvF32[] _layers;
    private readonly Arena _x, _y, _scratch;

    /// <param name="set">The kernels.</param>
    /// <param name="shape">Of all products.</param>
    /// <param name="bits">32 for float32 weights; 8 with a scale a column; 4 with a scale for each 32 weights.</param>
    /// <param name="pool">The threads.</param>
    public WeightOnlyChain(KernelSet set, WeightOnlyShape shape, int bits, WorkerPool pool)
    {
        _pool = pool;
        var random = new Random(1);
        DenseKernels dense = set.Dense.With(new DenseOptions(pool.Threads));
        _layers = [.. Enumerable.Range(0, shape.Layers).Select(_ => bits == 32 ? Float(dense, shape, random) : Integer(dense, shape, bits, random))];
        _x = new Arena((nint)shape.M * shape.K * sizeof(float));
        _y = new Arena((nint)shape.M * shape.N * sizeof(float));
        _scratch = new Arena(_layers.Max(l => l.ScratchBytes));
        foreach (ref float f in new Span<float>(_x.Base, shape.M * shape.K)) f = random.NextSingle() - 0.5f;
    }

    public string KernelName => _layers[0].KernelName;

    /// <summary>Of all layers.</summary>
    public long WeightBytes => _layers.Sum(l => (long)l.PackedBytes);

    public void Run()
    {
        foreach (PreparedConvF32 layer in _layers) layer.Run((float*)_x.Base, null, (float*)_y.Base, _scratch.Base, _pool);
    }

    public void Dispose()
    {
        foreach (PreparedConvF32 layer in _layers) layer.Dispose();
        _x.Dispose();
        _y.Dispose();
        _scratch.Dispose();
    }

    private static PreparedConvF32 Float(DenseKernels dense, WeightOnlyShape s, Random random)
    {
        var weights = new float[s.K * s.N];
        foreach (ref float f in weights.AsSpan()) f = random.NextSingle() - 0.5f;
        return dense.PrepareConvF32(ConvGeometry.MatMul(s.M, s.K, s.N), weights, new float[s.N], Activation.None);
    }

    private static PreparedConvF32 Integer(DenseKernels dense, WeightOnlyShape s, int bits, Random random)
    {
        int block = bits == 4 ? 32 : s.K;
        var codes = new byte[s.K * s.N * bits / 8];
        random.NextBytes(codes);
        var scales = new float[(s.K + block - 1) / block * s.N];
        Array.Fill(scales, 0.01f);
        return dense.PrepareMatMulF32(s.M, new IntegerWeights(s.K, s.N, bits, block)
        {
            Codes = codes, Packed = bits == 4, Signed = true, RowStep = s.N, ColumnStep = 1, Scales = scales, BlockStep = s.N, ScaleColumnStep = 1,
        }, new float[s.N], Activation.None);
    }
}
