using CsCheck;
using Edge.Kernels.Dense;
using Edge.Kernels.SelfTest;
using Edge.Kernels.Threading;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

public sealed unsafe class WinogradTests
{
    private static readonly ConvMethod[] s_methods = [ConvMethod.Winograd2, ConvMethod.Winograd4];

    private static readonly Activation[] s_activations =
        [Activation.None, Activation.Relu, Activation.Clip(-0.5f, 0.75f), new(ActivationKind.LeakyRelu, 0.1f), new(ActivationKind.HardSwish), new(ActivationKind.Silu)];

    internal static IEnumerable<ConvGeometry> Shapes()
    {
        foreach (int size in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9])
            foreach ((int inChannels, int outChannels) in ((int, int)[])[(1, 1), (3, 16), (16, 3), (17, 33), (33, 17)])
                foreach (int pad in (int[])[0, 1, 2])
                    if (size + 2 * pad >= 3) yield return Geometries.Square(size, inChannels, outChannels, 3, pad) with { Batch = 1 + size % 2 };
        yield return Geometries.Square(29, 20, 70, 3, 1);
        yield return Geometries.Square(14, 64, 64, 3, 1);
        yield return Geometries.Square(40, 4, 8, 3, 1) with { Batch = 3 };
        // More padding than input, below and on the right as well.
        yield return new ConvGeometry(2, 2, 3, 5, 9, 11, 6, 3, 3, PadTop: 4, PadLeft: 5);
        yield return new ConvGeometry(1, 5, 70, 8, 3, 68, 40, 3, 3);
        yield return new ConvGeometry(0, 5, 5, 3, 5, 5, 4, 3, 3, PadTop: 1, PadLeft: 1);
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Every_set_agrees_with_scalar_on_awkward_shapes(string isa)
    {
        DenseKernels dense = Require(isa);
        int seed = 0;
        WorkerPool[] pools = [WorkerPool.Inline, new(2), new(3)];
        foreach (ConvGeometry g in Shapes())
            foreach (ConvMethod method in s_methods)
            {
                seed++;
                Assert.Null(ConvF32Check.Compare(dense, method, g, s_activations[seed % s_activations.Length], (ResidualPlace)(seed % 3), pools[seed % pools.Length], seed));
            }
        foreach (WorkerPool pool in pools) pool.Dispose();
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Every_set_agrees_with_scalar_on_any_shape(string isa)
    {
        DenseKernels dense = Require(isa);
        var geometry = Geometries.Random.Select(g => g with { KernelHeight = 3, KernelWidth = 3, StrideHeight = 1, StrideWidth = 1, DilationHeight = 1, DilationWidth = 1, Group = 1 });
        Gen.Select(geometry, Gen.OneOf(s_methods), Gen.OneOf(s_activations), Gen.Enum<ResidualPlace>(), Gen.Int[1, 1000]).Sample(
            (g, method, activation, place, seed) => Assert.Null(ConvF32Check.Compare(dense, method, g, activation, place, WorkerPool.Inline, seed)), iter: 200);
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void The_number_of_threads_changes_no_bit(string isa)
    {
        DenseKernels dense = Require(isa);
        foreach (ConvGeometry g in (ConvGeometry[])[Geometries.Square(57, 24, 40, 3, 1), Geometries.Square(13, 40, 200, 3, 1), Geometries.Square(28, 96, 96, 3, 1), Geometries.Square(5, 8, 8, 3, 1)])
            foreach (ConvMethod method in s_methods)
            {
                var random = new Random(3);
                using GuardedMemory x = ConvF32Check.Floats(random, (nint)g.InHeight * g.InWidth * g.InChannels);
                using GuardedMemory w = ConvF32Check.Floats(random, (nint)g.OutChannels * g.InChannels * 9);
                byte[]? first = null;
                foreach (int threads in (int[])[1, 2, 3, 7])
                {
                    using PreparedConvF32 conv = dense.With(new DenseOptions(threads)).PrepareConvF32(method, g, w.Floats, [], Activation.Relu);
                    using var pool = new WorkerPool(threads);
                    using var y = new GuardedMemory((nint)g.OutHeight * g.OutWidth * g.OutChannels * sizeof(float));
                    using var scratch = new GuardedMemory(conv.ScratchBytes);
                    conv.Run((float*)x.Data, null, (float*)y.Data, scratch.Data, pool);
                    Assert.True(y.IsIntact && scratch.IsIntact);
                    first ??= y.Bytes.ToArray();
                    Assert.True(y.Bytes.SequenceEqual(first));
                    conv.Run((float*)x.Data, null, (float*)y.Data, scratch.Data, WorkerPool.Inline);
                    Assert.True(y.Bytes.SequenceEqual(first));
                    using var more = new GuardedMemory(conv.ScratchBytes * 2 + 8000);
                    conv.SpreadScratch(more.ByteLength);
                    y.Bytes.Clear();
                    conv.Run((float*)x.Data, null, (float*)y.Data, more.Data, pool);
                    Assert.True(y.Bytes.SequenceEqual(first) && more.IsIntact);
                }
            }
    }

    /// <summary>Threads that transform inputs for themselves note that they have: of an earlier run, or of another layer in the same scratch, nothing may count.</summary>
    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Scratch_carries_nothing_from_run_to_run(string isa)
    {
        DenseKernels dense = Require(isa);
        ConvGeometry g = Geometries.Square(13, 40, 200, 3, 1);
        nint inputs = (nint)g.InHeight * g.InWidth * g.InChannels, outputs = (nint)g.OutHeight * g.OutWidth * g.OutChannels * sizeof(float);
        foreach (ConvMethod method in s_methods)
            foreach (int threads in (int[])[2, 3])
            {
                var random = new Random(5);
                using GuardedMemory first = ConvF32Check.Floats(random, inputs), second = ConvF32Check.Floats(random, inputs);
                using GuardedMemory w = ConvF32Check.Floats(random, (nint)g.OutChannels * g.InChannels * 9);
                using PreparedConvF32 conv = dense.With(new DenseOptions(threads)).PrepareConvF32(method, g, w.Floats, [], Activation.None);
                using var pool = new WorkerPool(threads);
                using GuardedMemory expected = new(outputs), y = new(outputs), clean = new(conv.ScratchBytes), scratch = new(conv.ScratchBytes);
                clean.Bytes.Clear();
                conv.Run((float*)second.Data, null, (float*)expected.Data, clean.Data, WorkerPool.Inline);
                scratch.Bytes.Fill(1);
                conv.Run((float*)second.Data, null, (float*)y.Data, scratch.Data, pool);
                Assert.True(y.Bytes.SequenceEqual(expected.Bytes));
                conv.Run((float*)first.Data, null, (float*)y.Data, scratch.Data, pool);
                conv.Run((float*)second.Data, null, (float*)y.Data, scratch.Data, pool);
                Assert.True(y.Bytes.SequenceEqual(expected.Bytes));
            }
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Nothing_is_read_or_written_outside(string isa)
    {
        DenseKernels dense = Require(isa);
        foreach (ConvGeometry g in Shapes())
            foreach (ConvMethod method in s_methods)
            {
                using var x = new GuardPages((nint)g.Batch * g.InHeight * g.InWidth * g.InChannels * sizeof(float));
                using var y = new GuardPages((nint)g.Batch * g.OutHeight * g.OutWidth * g.OutChannels * sizeof(float));
                using PreparedConvF32 conv = dense.PrepareConvF32(method, g, new float[g.OutChannels * g.InChannels * 9], [], Activation.None);
                using var scratch = new GuardPages((conv.ScratchBytes + 63) / 64 * 64);
                conv.Run((float*)x.Data, (float*)y.Data, (float*)y.Data, scratch.Data, WorkerPool.Inline);
            }
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void A_run_allocates_nothing(string isa)
    {
        DenseKernels dense = Require(isa);
        using var pool = new WorkerPool(2);
        foreach (ConvGeometry g in (ConvGeometry[])[Geometries.Square(50, 8, 20, 3, 1), Geometries.Square(12, 20, 80, 3, 1)])
            foreach (ConvMethod method in s_methods)
            {
                using var x = new GuardedMemory((nint)g.InHeight * g.InWidth * g.InChannels * sizeof(float));
                using PreparedConvF32 conv = dense.With(new DenseOptions(2)).PrepareConvF32(method, g, new float[g.OutChannels * g.InChannels * 9], [], new(ActivationKind.HardSwish));
                using var y = new GuardedMemory((nint)g.OutHeight * g.OutWidth * g.OutChannels * sizeof(float));
                using var scratch = new GuardedMemory(conv.ScratchBytes);
                for (int i = 0; i < 3; i++) conv.Run((float*)x.Data, null, (float*)y.Data, scratch.Data, pool);
                long before = GC.GetAllocatedBytesForCurrentThread();
                conv.Run((float*)x.Data, null, (float*)y.Data, scratch.Data, pool);
                Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
            }
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void It_is_used_where_it_pays_and_allowed(string isa)
    {
        DenseKernels dense = Require(isa);
        ConvGeometry g = Geometries.Square(56, 64, 64, 3, 1);
        Assert.NotEqual(ConvMethod.Direct, dense.MethodsF32(g)[0]);
        Assert.Equal(3, dense.MethodsF32(g).Count);
        Assert.Equal([ConvMethod.Direct], dense.With(new DenseOptions(1, Winograd: false)).MethodsF32(g));
        foreach (ConvGeometry other in (ConvGeometry[])[Geometries.Square(9, 8, 8, 3, 1, stride: 2), Geometries.Square(9, 8, 8, 3, 2, dilation: 2), Geometries.Square(9, 8, 8, 3, 1, group: 2), Geometries.Square(9, 8, 8, 5, 2)])
        {
            Assert.Equal([ConvMethod.Direct], dense.MethodsF32(other));
            Assert.Throws<NotSupportedException>(() => dense.PrepareConvF32(ConvMethod.Winograd4, other, new float[8 * other.InChannelsPerGroup * other.KernelHeight * other.KernelWidth], [], Activation.None));
        }
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Threads_that_wait_for_memory_prefer_the_way_with_the_fewest_weights(string isa)
    {
        // 9, 16 and 36 planes of 2³⁴ bytes, more than caches keep: one thread takes the fewest products, many the fewest bytes.
        DenseKernels dense = Require(isa);
        ConvGeometry g = Geometries.Square(7, 65536, 65536, 3, 1);
        Assert.Equal([ConvMethod.Direct, ConvMethod.Winograd2, ConvMethod.Winograd4], dense.With(new DenseOptions(64)).MethodsF32(g));
        Assert.NotEqual(ConvMethod.Direct, dense.With(new DenseOptions(1)).MethodsF32(g)[0]);
    }

    private static DenseKernels Require(string isa)
    {
        Assert.SkipWhen(isa == "scalar", "the definition is a direct sum");
        return KernelSets.Require(isa);
    }
}
