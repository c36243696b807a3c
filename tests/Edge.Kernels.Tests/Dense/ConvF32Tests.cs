using CsCheck;
using Edge.Kernels.Dense;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Isa;
using Edge.Kernels.SelfTest;
using Edge.Kernels.Threading;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

public sealed unsafe class ConvF32Tests
{
    private static readonly Activation[] s_activations =
    [
        Activation.None, Activation.Relu, Activation.Clip(-0.5f, 0.75f), new(ActivationKind.LeakyRelu, 0.1f), new(ActivationKind.Sigmoid),
        new(ActivationKind.HardSigmoid, 0.2f, 0.5f), new(ActivationKind.HardSwish), new(ActivationKind.Silu), new(ActivationKind.Tanh),
    ];

    [Fact]
    public void The_scalar_definition_computes_what_one_computes_by_hand()
    {
        // One channel, 2×2 input, 2×2 kernel, padded by one column on the left; a second output channel doubles and clips.
        var g = new ConvGeometry(1, 2, 2, 1, 1, 2, 2, 2, 2, PadLeft: 1);
        using PreparedConvF32 conv = new ScalarDense().PrepareConvF32(g, [1, 2, 3, 4, 2, 4, 6, 8], [0.5f, -1], Activation.Clip(0, 50));
        float[] x = [1, 10, 2, 20], residual = [0, 0, 1, 0], y = new float[4];
        fixed (float* px = x, pr = residual, py = y) conv.Run(px, pr, py, null, WorkerPool.Inline);
        // left: 2·1 + 4·2 = 10; right: 1·1 + 2·10 + 3·2 + 4·20 = 107
        Assert.Equal([10.5f, 19, 50, 50], y);
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Every_set_agrees_with_scalar_on_awkward_shapes(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        int seed = 0;
        foreach (ConvGeometry g in Geometries.Listed())
            foreach (ResidualPlace place in Enum.GetValues<ResidualPlace>())
            {
                seed++;
                using var pool = new WorkerPool(1 + seed % 3);
                Assert.Null(ConvF32Check.Compare(dense, g, s_activations[seed % s_activations.Length], place, pool, seed));
            }
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Every_set_agrees_with_scalar_on_any_shape(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        Gen.Select(Geometries.Random, Gen.OneOf(s_activations), Gen.Enum<ResidualPlace>(), Gen.Int[1, 1000]).Sample(
            (g, activation, place, seed) => Assert.Null(ConvF32Check.Compare(dense, g, activation, place, WorkerPool.Inline, seed)), iter: 300);
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Among_other_channels_the_same_bits_are_written_and_nothing_else(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        int seed = 0;
        foreach (ConvGeometry g in Geometries.Listed().Where(g => !g.IsDepthwise))
            foreach (ConvMethod method in dense.MethodsF32(g))
            {
                seed++;
                using var pool = new WorkerPool(1 + seed % 3);
                AssertSameAmongOthers(dense, method, g, s_activations[seed % s_activations.Length], g.OutChannels + 1 + seed % 20, pool, seed);
            }
    }

    private static void AssertSameAmongOthers(DenseKernels dense, ConvMethod method, in ConvGeometry g, in Activation activation, int step, WorkerPool pool, int seed)
    {
        var random = new Random(seed);
        using GuardedMemory x = ConvF32Check.Floats(random, (nint)g.Batch * g.InHeight * g.InWidth * g.InChannels);
        using GuardedMemory w = ConvF32Check.Floats(random, (nint)g.OutChannels * g.InChannelsPerGroup * g.KernelHeight * g.KernelWidth);
        using GuardedMemory bias = ConvF32Check.Floats(random, g.OutChannels);
        int pixels = g.Batch * g.OutHeight * g.OutWidth, channels = g.OutChannels;
        using var alone = new GuardedMemory((nint)pixels * channels * sizeof(float));
        // The last pixel ends with its channels.
        using GuardedMemory among = ConvF32Check.Floats(random, pixels == 0 ? 0 : (nint)(pixels - 1) * step + channels);
        float[] expected = among.Floats.ToArray();
        using PreparedConvF32 conv = dense.PrepareConvF32(method, g, w.Floats, bias.Floats, activation);
        using var scratch = new GuardedMemory(conv.ScratchBytes);
        conv.Run((float*)x.Data, null, (float*)alone.Data, scratch.Data, pool);
        for (int p = 0; p < pixels; p++) alone.Floats.Slice(p * channels, channels).CopyTo(expected.AsSpan(p * step));
        conv.RunAmong((float*)x.Data, (float*)among.Data, step, scratch.Data, pool);
        Assert.True(among.IsIntact && scratch.IsIntact);
        Assert.True(among.Floats.SequenceEqual(expected), $"{conv.KernelName} for {g}, {step} elements from pixel to pixel");
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Every_activation_is_applied(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        foreach (Activation activation in s_activations)
        {
            Assert.Null(ConvF32Check.Compare(dense, ConvGeometry.MatMul(29, 20, 45), activation, ResidualPlace.None, WorkerPool.Inline, 1));
            Assert.Null(ConvF32Check.Compare(dense, Geometries.Square(6, 29, 29, 3, 1, group: 29), activation, ResidualPlace.Apart, WorkerPool.Inline, 2));
        }
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Not_a_number_and_infinity_pass_through(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        foreach (Activation activation in (Activation[])[Activation.None, Activation.Relu, Activation.Clip(-1, 1)])
            foreach (ConvGeometry g in (ConvGeometry[])[ConvGeometry.MatMul(3, 1, 40), new(1, 1, 3, 40, 1, 3, 40, Group: 40)])
            {
                float[] x = new float[3 * g.InChannels], y = new float[3 * 40], w = Enumerable.Repeat(1f, 40).ToArray();
                Array.Fill(x, float.NaN, 0, g.InChannels);
                Array.Fill(x, float.NegativeInfinity, g.InChannels, g.InChannels);
                Array.Fill(x, float.PositiveInfinity, 2 * g.InChannels, g.InChannels);
                using PreparedConvF32 conv = dense.PrepareConvF32(g, w, [], activation);
                fixed (float* px = x, py = y) conv.Run(px, null, py, null, WorkerPool.Inline);
                Assert.All(y[..40], v => Assert.Equal(float.NaN, v));
                Assert.All(y[40..80], v => Assert.Equal(ScalarActivation.Apply(activation, float.NegativeInfinity), v));
                Assert.All(y[80..], v => Assert.Equal(ScalarActivation.Apply(activation, float.PositiveInfinity), v));
            }
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void The_number_of_threads_changes_no_bit(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        // The last one's weights are more than a core keeps, so that panels are divided.
        ConvGeometry[] shapes =
        [
            Geometries.Square(20, 24, 70, 3, 1), ConvGeometry.MatMul(1, 512, 1000), Geometries.Square(30, 64, 64, 3, 1, group: 64),
            ConvGeometry.MatMul(301, 256, (int)(PanelCache.Bytes / (256 * sizeof(float))) + 50),
        ];
        foreach (ConvGeometry g in shapes)
        {
            var random = new Random(3);
            using GuardedMemory x = ConvF32Check.Floats(random, (nint)g.InHeight * g.InWidth * g.InChannels);
            using GuardedMemory w = ConvF32Check.Floats(random, (nint)g.OutChannels * g.InChannelsPerGroup * g.KernelHeight * g.KernelWidth);
            using PreparedConvF32 conv = dense.PrepareConvF32(g, w.Floats, [], Activation.None);
            byte[]? first = null;
            foreach (int threads in (int[])[1, 2, 3, 7])
            {
                using var pool = new WorkerPool(threads);
                using var y = new GuardedMemory((nint)g.OutHeight * g.OutWidth * g.OutChannels * sizeof(float));
                using var scratch = new GuardedMemory(conv.ScratchBytes);
                conv.Run((float*)x.Data, null, (float*)y.Data, scratch.Data, pool);
                Assert.True(y.IsIntact && scratch.IsIntact);
                first ??= y.Bytes.ToArray();
                Assert.True(y.Bytes.SequenceEqual(first));
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void A_run_allocates_nothing(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        using var pool = new WorkerPool(2);
        foreach (ConvGeometry g in (ConvGeometry[])[Geometries.Square(12, 8, 20, 3, 1), Geometries.Square(12, 20, 20, 3, 1, group: 20), Geometries.Square(12, 3, 9, 3, 1)])
        {
            var random = new Random(3);
            using GuardedMemory x = ConvF32Check.Floats(random, (nint)g.InHeight * g.InWidth * g.InChannels);
            using GuardedMemory w = ConvF32Check.Floats(random, (nint)g.OutChannels * g.InChannelsPerGroup * 9);
            using PreparedConvF32 conv = dense.PrepareConvF32(g, w.Floats, [], new(ActivationKind.HardSwish));
            using var y = new GuardedMemory((nint)g.OutHeight * g.OutWidth * g.OutChannels * sizeof(float));
            using var scratch = new GuardedMemory(conv.ScratchBytes);
            for (int i = 0; i < 3; i++) conv.Run((float*)x.Data, null, (float*)y.Data, scratch.Data, pool);
            long before = GC.GetAllocatedBytesForCurrentThread();
            conv.Run((float*)x.Data, null, (float*)y.Data, scratch.Data, pool);
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }
}
