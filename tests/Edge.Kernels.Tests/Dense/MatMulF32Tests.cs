using CsCheck;
using Edge.Kernels.Dense;
using Edge.Kernels.SelfTest;
using Edge.Kernels.Threading;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

public sealed class MatMulF32Tests
{
    private static readonly Gen<int> s_size = Gen.Frequency((3, Gen.OneOf(0, 1, 3, 5, 7, 13, 17, 31, 33, 65)), (1, Gen.Int[1, 130]));

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Every_set_agrees_with_scalar(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        Gen.Select(s_size, s_size, s_size, Gen.Bool, Gen.OneOf(0, 0, 1, 5), Gen.Int[1, 1000]).Sample(
            (m, n, k, transposed, gap, seed) => Assert.Null(MatMulF32Check.Compare(dense, m, n, k, transposed, gap, WorkerPool.Inline, seed)), iter: 200);
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Several_threads_agree_with_scalar(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        using var pool = new WorkerPool(3);
        Assert.Null(MatMulF32Check.Compare(dense, 70, 130, 90, false, 0, pool, 1));
        Assert.Null(MatMulF32Check.Compare(dense, 1, 700, 90, true, 3, pool, 2));
        Assert.Null(MatMulF32Check.Compare(dense, 200, 70, 33, true, 0, pool, 3));
    }

    /// <summary>Emitted tiles of so many steps are called otherwise.</summary>
    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Long_rows_agree_with_scalar(string isa) =>
        Assert.Null(MatMulF32Check.Compare(KernelSets.Require(isa), 13, 40, 5003, false, 0, WorkerPool.Inline, 1));
}
