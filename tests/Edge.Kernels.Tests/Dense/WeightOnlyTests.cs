using CsCheck;
using Edge.Kernels.Dense;
using Edge.Kernels.SelfTest;
using Edge.Kernels.Threading;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

/// <summary>float32 products whose weights stay integers.</summary>
public sealed unsafe class WeightOnlyTests
{
    private static readonly Gen<int> s_columns = Gen.Frequency((3, Gen.OneOf(1, 2, 3, 15, 16, 17, 31, 33, 63, 64, 65, 129)), (1, Gen.Int[1, 300]));
    private static readonly Gen<int> s_terms = Gen.Frequency((3, Gen.OneOf(1, 7, 8, 9, 16, 31, 32, 33, 64, 100, 257)), (1, Gen.Int[1, 600]));

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Every_set_agrees_with_scalar(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        Gen.Select(Gen.Frequency((3, Gen.Int[1, 17]), (1, Gen.Int[18, 50])), s_columns, s_terms, Gen.OneOf(4, 8), Gen.OneOf(0, 16, 32, 64, 128), Gen.Int[1, 100000]).Sample(
            (m, n, k, bits, block, seed) => Assert.Null(WeightOnlyCheck.Compare(dense, new(m, n, k, bits, block, seed), WorkerPool.Inline)), iter: 300);
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Several_threads_agree_with_scalar(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        using var pool = new WorkerPool(3);
        foreach (int bits in (int[])[4, 8])
            for (int m = 1; m <= 60; m += m < 10 ? 1 : 11)
                Assert.Null(WeightOnlyCheck.Compare(dense, new(m, 700, 640, bits, 32, m), pool));
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void They_stay_inside_their_buffers(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        foreach (int m in (int[])[1, 3, 5, 20])
            foreach (int size in (int[])[1, 7, 17, 33, 65, 130])
                foreach (int bits in (int[])[4, 8])
                {
                    using var a = new GuardPages(m * size * sizeof(float));
                    using var y = new GuardPages(m * size * sizeof(float));
                    using var codes = new GuardPages(size * size);
                    using var scales = new GuardPages(size * ((size + 15) / 16) * sizeof(float));
                    using PreparedConvF32 product = dense.PrepareMatMulF32(m, new IntegerWeights(size, size, bits, 16)
                    {
                        Codes = new ReadOnlySpan<byte>(codes.Data, size * size),
                        Signed = false,
                        RowStep = size,
                        ColumnStep = 1,
                        Scales = new ReadOnlySpan<float>(scales.Data, size * ((size + 15) / 16)),
                        BlockStep = size,
                        ScaleColumnStep = 1,
                    }, [], Activation.None);
                    using var scratch = new GuardPages(product.ScratchBytes);
                    product.Run((float*)a.Data, (float*)y.Data, (float*)y.Data, scratch.Data, WorkerPool.Inline);
                }
    }

    [Theory]
    [InlineData(8, 0, 8.5)]
    [InlineData(4, 32, 5.5)]
    [InlineData(4, 64, 4.8)]
    public void Packed_weights_take_little_more_than_their_bits(int bits, int block, double mostBitsOfOne)
    {
        foreach (KernelSet set in KernelCatalog.Available.Where(s => s.Name != "scalar"))
        {
            using PreparedConvF32 product = set.Dense.PrepareMatMulF32(1, Weights(640, 768, bits, block), [], Activation.None);
            Assert.Equal($"gemm_f32_w{bits}_{set.Name}", product.KernelName);
            Assert.InRange(product.PackedBytes * 8.0 / (640 * 768), bits, mostBitsOfOne);
        }
    }

    [Fact]
    public void Weights_that_do_not_fit_are_refused()
    {
        foreach (KernelSet set in KernelCatalog.Available)
        {
            var e = Assert.Throws<ArgumentException>(() => set.Dense.PrepareMatMulF32(1, Weights(40, 8, 4, 20), [], Activation.None));
            Assert.Equal("blocks of 20 weights; supported: multiples of 16", e.Message);
            e = Assert.Throws<ArgumentException>(() => set.Dense.PrepareMatMulF32(1, Weights(40, 8, 3, 0), [], Activation.None));
            Assert.Equal("weights of 3 bits; supported: 4 and 8", e.Message);
            e = Assert.Throws<ArgumentException>(() => set.Dense.PrepareMatMulF32(1, Weights(40, 8, 8, 0), new float[7], Activation.None));
            Assert.Equal("7 biases for 8 columns", e.Message);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-16)]
    public void Blocks_of_no_weights_are_refused(int block) =>
        Assert.Equal("blockSize", Assert.Throws<ArgumentOutOfRangeException>(() => new IntegerWeights(40, 8, 4, block) { Codes = [], Signed = true, RowStep = 8, ColumnStep = 1, Scales = [], BlockStep = 8, ScaleColumnStep = 1 }).ParamName);

    private static IntegerWeights Weights(int k, int n, int bits, int block) => new(k, n, bits, block == 0 ? k : block)
    {
        Codes = new byte[k * n],
        Signed = true,
        RowStep = n,
        ColumnStep = 1,
        Scales = new float[n * (block == 0 ? 1 : (k + block - 1) / block)],
        BlockStep = n,
        ScaleColumnStep = 1,
    };
}
