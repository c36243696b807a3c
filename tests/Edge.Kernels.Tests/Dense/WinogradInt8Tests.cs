using CsCheck;
using Edge.Kernels.Dense;
using Edge.Kernels.SelfTest;
using Edge.Kernels.Threading;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

/// <summary>Sets that multiply 16-bit numbers; of the others nothing is computed so.</summary>
public sealed unsafe class WinogradInt8Tests
{
    private static Int8Output Accumulators => new(Int8OutputKind.Int32, [], 0, 0, 0);

    public static TheoryData<string> Sets => ["avx512", "avx2", "vector128"];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_set_equals_scalar_on_awkward_shapes(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        int seed = 0;
        WorkerPool[] pools = [WorkerPool.Inline, new(2), new(3)];
        foreach (ConvGeometry g in WinogradTests.Shapes())
        {
            seed++;
            Assert.Null(ConvInt8Check.Compare(dense, g, Int8Case.From(seed), pools[seed % pools.Length], seed));
        }
        foreach (WorkerPool pool in pools) pool.Dispose();
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_set_equals_scalar_on_any_shape(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        var geometry = Geometries.Random.Select(g => g with { KernelHeight = 3, KernelWidth = 3, StrideHeight = 1, StrideWidth = 1, DilationHeight = 1, DilationWidth = 1, Group = 1 });
        Gen.Select(geometry, Gen.Int[1, 100_000]).Sample((g, seed) => Assert.Null(ConvInt8Check.Compare(dense, g, Int8Case.From(seed), WorkerPool.Inline, seed)), iter: 300);
    }

    /// <summary>576 products of 255 and 227 are less than 2²⁵, 585 are more; no weight above 227 fits.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public void What_it_cannot_recover_is_not_computed_so(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        (int Channels, byte Weight, ConvMethod[] Methods)[] cases =
        [
            (64, 227, [ConvMethod.Direct, ConvMethod.Winograd2, ConvMethod.Winograd4]),
            (65, 227, [ConvMethod.Direct, ConvMethod.Winograd2]),
            (1, 228, [ConvMethod.Direct, ConvMethod.Winograd2]),
            (917, 255, [ConvMethod.Direct, ConvMethod.Winograd2]),
            (918, 255, [ConvMethod.Direct]),
        ];
        foreach (var (channels, weight, methods) in cases)
        {
            ConvGeometry g = Geometries.Square(7, channels, 3, 3, 1);
            byte[] w = new byte[3 * channels * 9];
            w.AsSpan().Fill(weight);
            var weights = new Int8Weights(w, false, []);
            Assert.Equal(methods, dense.MethodsInt8(g, weights, false, 0).Order());
            if (methods.Length == 3) continue;
            Assert.Throws<NotSupportedException>(() => dense.PrepareConvInt8(ConvMethod.Winograd4, g, new Int8Weights(w, false, []), [], false, 0, Accumulators));
        }
    }

    /// <summary>The largest sums of either sign that it takes, at the largest inputs and weights.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public void The_largest_sums_are_exact(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        foreach (int channels in (int[])[63, 64])
            foreach (int inputZeroPoint in (int[])[0, 128, 255])
                foreach ((byte weight, int weightZeroPoint) in ((byte, int)[])[(227, 0), (0, 227), (255, 28)])
                    foreach (byte input in (byte[])[0, 255])
                    {
                        ConvGeometry g = Geometries.Square(7, channels, 3, 3, 1);
                        byte[] x = new byte[49 * channels + Tensor.Slack], w = new byte[3 * channels * 9];
                        x.AsSpan().Fill(input);
                        w.AsSpan().Fill(weight);
                        foreach (ConvMethod method in dense.MethodsInt8(g, new Int8Weights(w, false, [weightZeroPoint]), false, inputZeroPoint))
                        {
                            using PreparedConvInt8 conv = dense.PrepareConvInt8(method, g, new Int8Weights(w, false, [weightZeroPoint]), [], false, inputZeroPoint, Accumulators);
                            using var scratch = new Arena(conv.ScratchBytes);
                            int[] y = new int[49 * 3];
                            fixed (byte* px = x)
                            fixed (int* py = y) conv.Run(px, py, scratch.Base, WorkerPool.Inline);
                            int product = (input - inputZeroPoint) * (weight - weightZeroPoint) * channels;
                            for (int pixel = 0; pixel < 49; pixel++)
                            {
                                int taps = (pixel / 7 is 0 or 6 ? 2 : 3) * (pixel % 7 is 0 or 6 ? 2 : 3);
                                for (int oc = 0; oc < 3; oc++) Assert.Equal(taps * product, y[3 * pixel + oc]);
                            }
                        }
                    }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Nothing_is_read_or_written_outside(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        foreach (ConvGeometry g in WinogradTests.Shapes())
        {
            var weights = new Int8Weights(new byte[g.OutChannels * g.InChannels * 9], true, []);
            foreach (ConvMethod method in dense.MethodsInt8(g, weights, false, 7))
            {
                using var x = new GuardPages((nint)g.Batch * g.InHeight * g.InWidth * g.InChannels + Tensor.Slack);
                using var y = new GuardPages((nint)g.Batch * g.OutHeight * g.OutWidth * g.OutChannels);
                using PreparedConvInt8 conv = dense.PrepareConvInt8(method, g, weights, [], false, 7, new Int8Output(Int8OutputKind.UInt8, [0.1f], 0, 0, 255));
                using var scratch = new GuardPages((conv.ScratchBytes + 63) / 64 * 64);
                conv.Run(x.Data, y.Data, scratch.Data, WorkerPool.Inline);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_run_allocates_nothing(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa).With(new DenseOptions(2));
        using var pool = new WorkerPool(2);
        foreach (ConvGeometry g in (ConvGeometry[])[Geometries.Square(50, 8, 20, 3, 1), Geometries.Square(12, 20, 80, 3, 1)])
        {
            var weights = new Int8Weights(new byte[g.OutChannels * g.InChannels * 9], true, []);
            foreach (ConvMethod method in dense.MethodsInt8(g, weights, false, 7))
            {
                using PreparedConvInt8 conv = dense.PrepareConvInt8(method, g, weights, [], false, 7, new Int8Output(Int8OutputKind.UInt8, [0.1f], 0, 0, 255));
                using var x = new GuardedMemory((nint)g.InHeight * g.InWidth * g.InChannels);
                using var y = new GuardedMemory((nint)g.OutHeight * g.OutWidth * g.OutChannels);
                using var scratch = new GuardedMemory(conv.ScratchBytes);
                for (int i = 0; i < 3; i++) conv.Run(x.Data, y.Data, scratch.Data, pool);
                long before = GC.GetAllocatedBytesForCurrentThread();
                conv.Run(x.Data, y.Data, scratch.Data, pool);
                Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
            }
        }
    }
}
