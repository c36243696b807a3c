using System.Runtime.CompilerServices;
using Edge.Kernels;
using Edge.Onnx;
using Edge.Runtime.Caching;
using Edge.Runtime.Import;
using Edge.Runtime.Passes;
using Edge.Runtime.Planning;
using Edge.Runtime.Tests.Operators;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Passes;

/// <summary>Products whose weights stay integers.</summary>
public sealed class WeightOnlyProductTests : IDisposable
{
    private const int K = 192, N = 130, Block = 32;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"edge-weight-only-{Guid.NewGuid():n}");

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private static string Kernel(int bits, string? isa = null) => $"gemm_f32_w{bits}_{isa ?? KernelCatalog.Available[0].Name}";

    /// <summary>x, and weights <c>[K, N]</c> or <c>[N, K]</c> of 8 bits a channel or 4 bits a block behind a DequantizeLinear.</summary>
    private static OnnxGraphBuilder Weights(int bits, bool transposed, bool zeroPoints, bool free = false, bool unsigned = false, bool perTensor = false)
    {
        var draw = new Draw(bits + (transposed ? 100 : 0));
        int[] dims = transposed ? [N, K] : [K, N];
        int sumAxis = transposed ? 1 : 0;
        var b = new OnnxGraphBuilder(21);
        b = free ? b.Input("x", DataType.Float32, "rows", K) : b.Input("x", DataType.Float32, 5, K);
        int[] scaleDims = perTensor ? [] : bits == 8 ? [N] : transposed ? [N, K / Block] : [K / Block, N];
        float[] scales = draw.Tensor(DataType.Float32, 0.002, 0.01, scaleDims).AsSpan<float>().ToArray();
        byte[] Codes(int count) => draw.Tensor(DataType.UInt8, 0, 255, bits == 4 ? (count + 1) / 2 : count).Bytes.ToArray();
        var type = (bits, unsigned) switch { (8, false) => DataType.Int8, (8, _) => DataType.UInt8, (_, false) => DataType.Int4, _ => DataType.UInt4 };
        b = b.Initializer(new TensorProto { Name = "q", DataType = (int)type, Dims = [dims[0], dims[1]], RawData = Codes(K * N) })
            .Initializer("s", scales, Array.ConvertAll(scaleDims, d => (long)d));
        if (zeroPoints) b = b.Initializer(new TensorProto { Name = "z", DataType = (int)type, Dims = [.. scaleDims.Select(d => (long)d)], RawData = Codes(scales.Length) });
        AttributeProto[] attributes = perTensor ? [] : bits == 8 ? [AttributeProto.Of("axis", 1L - sumAxis)] : [AttributeProto.Of("axis", (long)sumAxis), AttributeProto.Of("block_size", (long)Block)];
        return b.Node("DequantizeLinear", zeroPoints ? ["q", "s", "z"] : ["q", "s"], ["w"], attributes);
    }

    private static Tensor X(int rows = 5) => new Draw(3).Float(rows, K);

    private static string[] Kernels(ModelProto proto, bool optimize = true)
    {
        using var session = new InferenceSession(Model.FromProto(proto, "test"), new SessionOptions { Optimize = optimize });
        return [.. session.Describe().Steps.Select(s => s.Kernel)];
    }

    public static TheoryData<int, bool, bool, bool> Forms()
    {
        var all = new TheoryData<int, bool, bool, bool>();
        foreach (int bits in (int[])[8, 4])
            for (int i = 0; i < 8; i++) all.Add(bits, (i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
        return all;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void They_agree_with_ONNX_Runtime(int bits, bool transposed, bool zeroPoints, bool unsigned)
    {
        OnnxGraphBuilder b = Weights(bits, transposed, zeroPoints, unsigned: unsigned);
        ModelProto proto = (transposed ? b.Node("Gemm", ["x", "w"], ["y"], AttributeProto.Of("transB", 1L), AttributeProto.Of("alpha", 0.5f)) : b.Node("MatMul", ["x", "w"], ["y"])).Output("y").Build();
        Assert.Equal([Kernel(bits)], Kernels(proto));
        Assert.Equal([Kernel(bits)], Kernels(proto, optimize: false));
        EngineComparison.AssertAgrees(proto, [X()], asWritten: true);
    }

    [Fact]
    public void One_scale_for_all_will_do()
    {
        ModelProto proto = Weights(8, false, zeroPoints: true, perTensor: true).Node("MatMul", ["x", "w"], ["y"]).Output("y").Build();
        Assert.Equal([Kernel(8)], Kernels(proto));
        EngineComparison.AssertAgrees(proto, [X()], asWritten: true);
    }

    [Theory]
    [InlineData(8, new[] { K })]
    [InlineData(4, new[] { K, 1 })]
    [InlineData(4, new[] { K, 7 })]
    [InlineData(8, new[] { 2, 3, K, 7 })]
    public void They_may_be_on_the_left(int bits, int[] right)
    {
        ModelProto proto = Weights(bits, true, zeroPoints: true).Input("r", DataType.Float32, [.. right.Select(d => (long)d)]).Node("MatMul", ["w", "r"], ["y"]).Output("y").Build();
        Assert.Contains(Kernel(bits), Kernels(proto));
        EngineComparison.AssertAgrees(proto, [X(), new Draw(5).Float(right)], asWritten: true);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void What_follows_becomes_part_of_them(int bits)
    {
        ModelProto proto = Weights(bits, false, zeroPoints: true).Initializer("f", new Draw(8).Float(N).AsSpan<float>().ToArray(), N).Initializer("b", new Draw(9).Float(N).AsSpan<float>().ToArray(), N)
            .Initializer("p", new Draw(10).Float(K, N).AsSpan<float>().ToArray(), K, N)
            .Node("MatMul", ["x", "p"], ["other"])
            .Node("MatMul", ["x", "w"], ["m"]).Node("Mul", ["m", "f"], ["scaled"]).Node("Add", ["scaled", "b"], ["biased"]).Node("Add", ["biased", "other"], ["sum"]).Node("Relu", ["sum"], ["y"]).Output("y").Build();
        string[] kernels = Kernels(proto);
        Assert.Equal(2, kernels.Length);
        Assert.Contains(Kernel(bits), kernels);
        EngineComparison.AssertAgrees(proto, [X()], asWritten: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gemm_takes_what_it_adds(bool perColumn)
    {
        ModelProto proto = Weights(4, true, zeroPoints: false).Initializer("c", new Draw(8).Float(perColumn ? [N] : [5, N]).AsSpan<float>().ToArray(), perColumn ? [N] : [5, N])
            .Node("Gemm", ["x", "w", "c"], ["g"], AttributeProto.Of("transB", 1L), AttributeProto.Of("beta", 2f)).Node("Sigmoid", ["g"], ["y"]).Output("y").Build();
        Assert.Equal([Kernel(4)], Kernels(proto));
        EngineComparison.AssertAgrees(proto, [X()], asWritten: true);
    }

    [Fact]
    public void Others_who_read_them_get_float32()
    {
        ModelProto proto = Weights(4, false, zeroPoints: true).Initializer("i", [7L, 3L]).Node("MatMul", ["x", "w"], ["y"]).Node("Gather", ["w", "i"], ["rows"]).Node("Transpose", ["w"], ["t"]).Node("MatMul", ["y", "t"], ["back"])
            .Output("y").Output("rows").Output("back").Build();
        Assert.Contains(Kernel(4), Kernels(proto));
        EngineComparison.AssertAgrees(proto, [X()], asWritten: true);
    }

    [Fact]
    public void Scales_across_the_sum_become_float32()
    {
        ModelProto proto = Weights(4, true, zeroPoints: false).Input("a", DataType.Float32, 3, N).Node("MatMul", ["a", "w"], ["y"]).Output("y").Build();
        Assert.DoesNotContain(Kernel(4), Kernels(proto));
        EngineComparison.AssertAgrees(proto, [X(), new Draw(4).Float(3, N)], asWritten: true);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void Rows_that_only_a_run_brings_are_multiplied(int bits)
    {
        // As many rows as x has numbers above 0.
        ModelProto proto = Weights(bits, false, zeroPoints: false, free: true).Node("NonZero", ["x"], ["at"]).Initializer("zero", [0L]).Node("Gather", ["at", "zero"], ["which"])
            .Node("Gather", ["x", "which"], ["rows"]).Node("MatMul", ["rows", "w"], ["y"]).Output("y").Build();
        Tensor x = Tensor.Create<float>(new Shape(4, K));
        using var session = new InferenceSession(Model.FromProto(proto, "test"), new SessionOptions { Threads = 1 });
        for (int count = 1; count < 30; count += 9)
        {
            x.AsSpan<float>().Clear();
            for (int i = 0; i < count; i++) x.AsSpan<float>()[i * 20] = i + 1;
            EngineComparison.AssertAgrees(proto, [x], asWritten: true);
            session.Run(x);
            Assert.Contains(session.Describe().Steps, s => s.Kernel == Kernel(bits) + " (dynamic)");
        }
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        ModelProto proto = Weights(4, false, zeroPoints: true).Node("MatMul", ["x", "w"], ["y"]).Output("y").Build();
        using var session = new InferenceSession(Model.FromProto(proto, "test"), new SessionOptions { Threads = 2 });
        Tensor x = X();
        for (int i = 0; i < 50; i++) session.Run(x);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++) session.Run(x);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void The_cache_of_packed_weights_keeps_them(int bits)
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(Weights(bits, false, zeroPoints: true).Node("MatMul", ["x", "w"], ["y"]).Output("y").Build(), stream);
        byte[] Run(string? folder)
        {
            using var model = Model.Load(stream.ToArray(), "test");
            using var session = new InferenceSession(model, new SessionOptions { Threads = 1, WeightCache = folder });
            return session.Run(X())[0].Bytes.ToArray();
        }

        byte[] expected = Run(null);
        Assert.Equal(expected, Run(_folder));
        string file = Assert.Single(Directory.GetFiles(_folder));
        Assert.InRange(new FileInfo(file).Length, K * N * bits / 8, K * N * bits / 8 * 3);
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        Assert.Equal(expected, Run(_folder));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void Neither_codes_nor_float32_weights_stay_in_memory(int bits)
    {
        ExecutionPlanAlive(bits, out WeakReference weights, out WeakReference codes, out IDisposable plan);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(weights.IsAlive);
        Assert.False(codes.IsAlive);
        plan.Dispose();
    }

    /// <summary>Apart, so that nothing of the graph is left on the stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ExecutionPlanAlive(int bits, out WeakReference weights, out WeakReference codes, out IDisposable plan)
    {
        ModelProto proto = Weights(bits, false, zeroPoints: false).Node("MatMul", ["x", "w"], ["y"]).Output("y").Build();
        PlanSettings settings = new(KernelCatalog.Available[0], 1, true, new SessionLimits());
        var graph = GraphImporter.Import(Model.FromProto(proto, "packed"), [new Shape(5, K)], settings);
        codes = new WeakReference(graph.Nodes.Single(n => n.OpType == "DequantizeLinear").Inputs[0]!.Constant);
        PassPipeline.Optimize(graph, settings);
        weights = new WeakReference(graph.Nodes.Single(n => n.OpType == "MatMul").Inputs[1]!.Constant);
        plan = PlanBuilder.Build(graph, settings);
    }
}
