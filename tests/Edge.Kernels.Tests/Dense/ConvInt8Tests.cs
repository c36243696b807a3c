using CsCheck;
using Edge.Kernels.Dense;
using Edge.Kernels.Isa;
using Edge.Kernels.SelfTest;
using Edge.Kernels.Threading;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

public sealed unsafe class ConvInt8Tests
{
    [Fact]
    public void The_scalar_definition_computes_what_one_computes_by_hand()
    {
        // x − 10 = [−9, 2, 5]; w − 1 = [2, −3, 1] → −18 − 6 + 5 = −19; with bias 100: 81.
        var g = ConvGeometry.MatMul(1, 3, 1);
        byte[] x = [1, 12, 15], w = [3, unchecked((byte)-2), 2];
        Assert.Equal([81], Run<int>(g, x, new Int8Weights(w, true, [1]), [100], false, 10, new Int8Output(Int8OutputKind.Int32, [], 0, 0, 0)));
        Assert.Equal([40.5f], Run<float>(g, x, new Int8Weights(w, true, [1]), [100], false, 10, new Int8Output(Int8OutputKind.Float32, [0.5f], 0, 0, 0)));
        // 40.5 is rounded to the even 40, then moved by the zero point.
        Assert.Equal([43], Run<byte>(g, x, new Int8Weights(w, true, [1]), [100], false, 10, new Int8Output(Int8OutputKind.UInt8, [0.5f], 3, 0, 255)));
        Assert.Equal([30], Run<byte>(g, x, new Int8Weights(w, true, [1]), [100], false, 10, new Int8Output(Int8OutputKind.UInt8, [0.5f], 3, 0, 30)));
        Assert.Equal([(sbyte)-128], Run<sbyte>(g, x, new Int8Weights(w, true, [1]), [-2000], false, 10, new Int8Output(Int8OutputKind.Int8, [0.5f], 3, -128, 127)));
    }

    [Fact]
    public void Padding_is_the_zero_point()
    {
        // A 1×3 kernel of ones over one pixel: both neighbours count as 10, that is, not at all.
        var g = new ConvGeometry(1, 1, 1, 1, 1, 1, 1, 1, 3, PadLeft: 1);
        Assert.Equal([7], Run<int>(g, [17], new Int8Weights([1, 1, 1], true, []), [], false, 10, new Int8Output(Int8OutputKind.Int32, [], 0, 0, 0)));
    }

    private static T[] Run<T>(in ConvGeometry g, byte[] x, in Int8Weights weights, int[] bias, bool signed, int zeroPoint, in Int8Output output) where T : unmanaged
    {
        using PreparedConvInt8 conv = new ScalarDense().PrepareConvInt8(g, weights, bias, signed, zeroPoint, output);
        var y = new T[g.OutWidth * g.OutChannels];
        fixed (byte* px = x)
        fixed (T* py = y) conv.Run(px, py, null, WorkerPool.Inline);
        return y;
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Every_set_equals_scalar_on_awkward_shapes(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        int seed = 0;
        foreach (ConvGeometry g in Geometries.Listed())
            for (int i = 0; i < 3; i++)
            {
                seed++;
                using var pool = new WorkerPool(1 + seed % 3);
                Assert.Null(ConvInt8Check.Compare(dense, g, Int8Case.From(seed), pool, seed));
            }
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Every_set_equals_scalar_on_any_shape(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        Gen.Select(Geometries.Random, Gen.Int[1, 100_000]).Sample(
            (g, seed) => Assert.Null(ConvInt8Check.Compare(dense, g, Int8Case.From(seed), WorkerPool.Inline, seed)), iter: 500);
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Every_combination_of_types_and_zero_points_equals_scalar(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        int seed = 0;
        foreach (ConvGeometry g in (ConvGeometry[])[ConvGeometry.MatMul(14, 30, 37), Geometries.Square(6, 5, 20, 3, 1), Geometries.Square(6, 37, 37, 3, 1, group: 37), Geometries.Square(6, 80, 80, 3, 1, group: 80), Geometries.Square(6, 24, 24, 3, 1, group: 24), Geometries.Square(5, 24, 48, 3, 1, dilation: 2, group: 2)])
            foreach (bool inputSigned in (bool[])[false, true])
                foreach (bool weightsSigned in (bool[])[false, true])
                    foreach (ZeroPoints zeroPoints in Enum.GetValues<ZeroPoints>())
                        foreach (Int8OutputKind output in Enum.GetValues<Int8OutputKind>())
                        {
                            var parameters = new Int8Case(inputSigned, inputSigned ? -7 : 131, weightsSigned, zeroPoints, output, ++seed % 2 == 0, seed % 3 == 0, Int8Fill.Random);
                            Assert.Null(ConvInt8Check.Compare(dense, g, parameters, WorkerPool.Inline, seed));
                        }
    }

    /// <summary>Where products and their sums are as large as they get, nothing may saturate on the way.</summary>
    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Extremes_do_not_saturate(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        foreach (ConvGeometry g in (ConvGeometry[])[ConvGeometry.MatMul(13, 260, 35), Geometries.Square(7, 35, 35, 3, 1, group: 35), Geometries.Square(7, 19, 19, 5, 2, group: 19)])
            foreach (bool inputSigned in (bool[])[false, true])
                foreach (bool weightsSigned in (bool[])[false, true])
                    foreach (Int8Fill fill in (Int8Fill[])[Int8Fill.AllLow, Int8Fill.AllHigh, Int8Fill.Opposed, Int8Fill.NearlyLow])
                        foreach (int zeroPoint in (int[])[0, 255])
                        {
                            var parameters = new Int8Case(inputSigned, zeroPoint - (inputSigned ? 128 : 0), weightsSigned, ZeroPoints.OnePerChannel, Int8OutputKind.Int32, false, false, fill);
                            Assert.Null(ConvInt8Check.Compare(dense, g, parameters, WorkerPool.Inline, 1));
                        }
    }

    /// <summary>Halves round to even on both sides of zero, whatever the CPU's own idea of rounding.</summary>
    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Ties_round_to_even_and_results_saturate_at_the_ends(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        const int N = 40;
        foreach (ConvGeometry g in (ConvGeometry[])[ConvGeometry.MatMul(1, 1, N), new(1, 1, 1, N, 1, 1, N, Group: N)])
            foreach ((Int8OutputKind kind, float scale) in ((Int8OutputKind, float)[])[(Int8OutputKind.UInt8, 0.5f), (Int8OutputKind.Int8, 0.5f), (Int8OutputKind.UInt8, 2.5f), (Int8OutputKind.Int8, -2.5f)])
            {
                // An input of 0: the sums are the biases, of which a half, or two and a half, is taken.
                int[] bias = [.. Enumerable.Range(-16, N - 4), int.MinValue, int.MaxValue, 100_000_001, -100_000_001];
                byte[] x = new byte[64 + N], w = new byte[N], y = new byte[N];
                using PreparedConvInt8 conv = dense.PrepareConvInt8(g, new Int8Weights(w, true, []), bias, false, 0, new Int8Output(kind, [scale], 7, -1000, 1000));
                byte[] scratch = new byte[conv.ScratchBytes];
                fixed (byte* px = x, py = y, ps = scratch) conv.Run(px, py, ps, WorkerPool.Inline);
                for (int i = 0; i < N; i++)
                {
                    double real = Math.Round(bias[i] * (double)scale, MidpointRounding.ToEven) + 7;
                    int expected = (int)(kind == Int8OutputKind.UInt8 ? Math.Clamp(real, 0, 255) : Math.Clamp(real, -128, 127));
                    Assert.Equal((byte)expected, y[i]);
                }
            }
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Several_threads_equal_scalar(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        foreach (int threads in (int[])[2, 3, 7])
        {
            using var pool = new WorkerPool(threads);
            foreach (ConvGeometry g in (ConvGeometry[])[Geometries.Square(15, 24, 70, 3, 1), ConvGeometry.MatMul(1, 512, 1500), Geometries.Square(25, 64, 64, 3, 1, group: 64)])
                Assert.Null(ConvInt8Check.Compare(dense, g, Int8Case.From(threads), pool, threads));
        }
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void A_run_allocates_nothing(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        using var pool = new WorkerPool(2);
        foreach (ConvGeometry g in (ConvGeometry[])[Geometries.Square(12, 8, 20, 3, 1), Geometries.Square(12, 20, 40, 3, 1, group: 20), Geometries.Square(12, 3, 9, 3, 1)])
        {
            byte[] w = new byte[g.OutChannels * g.InChannelsPerGroup * 9];
            using var x = new GuardedMemory((nint)g.InHeight * g.InWidth * g.InChannels);
            using var y = new GuardedMemory((nint)g.OutHeight * g.OutWidth * g.OutChannels);
            using PreparedConvInt8 conv = dense.PrepareConvInt8(g, new Int8Weights(w, false, [3]), [], true, 5, new Int8Output(Int8OutputKind.UInt8, [0.1f], 0, 0, 255));
            using var scratch = new GuardedMemory(conv.ScratchBytes);
            for (int i = 0; i < 3; i++) conv.Run(x.Data, y.Data, scratch.Data, pool);
            long before = GC.GetAllocatedBytesForCurrentThread();
            conv.Run(x.Data, y.Data, scratch.Data, pool);
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    [Fact]
    public void An_output_range_without_a_value_or_a_wrong_number_of_scales_is_refused()
    {
        byte[] w = new byte[6];
        foreach (KernelSet set in KernelCatalog.Available)
        {
            Assert.Throws<ArgumentException>(() => set.Dense.PrepareConvInt8(ConvGeometry.MatMul(1, 2, 3), new Int8Weights(w, true, []), [], false, 0, new Int8Output(Int8OutputKind.UInt8, [1], 0, 300, 400)));
            Assert.Throws<ArgumentException>(() => set.Dense.PrepareConvInt8(ConvGeometry.MatMul(1, 2, 3), new Int8Weights(w, true, []), [], false, 0, new Int8Output(Int8OutputKind.UInt8, [1, 2], 0, 0, 255)));
            Assert.Throws<ArgumentException>(() => set.Dense.PrepareConvInt8(ConvGeometry.MatMul(1, 2, 3), new Int8Weights(w, true, [1, 2]), [], false, 0, new Int8Output(Int8OutputKind.Int32, [], 0, 0, 0)));
        }
    }
}
