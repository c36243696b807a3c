using Edge.Kernels.Dense;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.SelfTest;

/// <summary>Compares a float32 matrix product with the scalar one, with rows that lie further apart than they are long.</summary>
internal static unsafe class MatMulF32Check
{
    /// <summary>Null if they agree, else what is wrong.</summary>
    public static string? Compare(DenseKernels dense, int m, int n, int k, bool transposeB, int gap, WorkerPool pool, int seed)
    {
        var random = new Random(seed);
        nint lda = k + gap, ldb = (transposeB ? k : n) + gap, ldc = n + gap;
        using GuardedMemory a = ConvF32Check.Floats(random, m * lda);
        using GuardedMemory b = ConvF32Check.Floats(random, (transposeB ? n : k) * ldb);
        using var expected = new GuardedMemory(m * ldc * sizeof(float));
        using var actual = new GuardedMemory(m * ldc * sizeof(float));
        using var scratch = new GuardedMemory(dense.MatMulF32ScratchBytes(m, n, k));
        new ScalarDense().MatMulF32(m, n, k, (float*)a.Data, lda, (float*)b.Data, ldb, transposeB, (float*)expected.Data, ldc, null, WorkerPool.Inline);
        dense.MatMulF32(m, n, k, (float*)a.Data, lda, (float*)b.Data, ldb, transposeB, (float*)actual.Data, ldc, scratch.Data, pool);
        string what = $"matmul_f32 m {m}, n {n}, k {k}, b transposed {transposeB}, gap {gap}";
        if (!actual.IsIntact || !scratch.IsIntact) return $"{what}: wrote outside its buffers";
        string? difference = ConvF32Check.Difference(expected.Floats, actual.Floats, k);
        return difference is null ? null : $"{what}: {difference}";
    }
}
