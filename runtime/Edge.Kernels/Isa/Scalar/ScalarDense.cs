using Edge.Kernels.Dense;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Isa;

/// <summary>
/// The definition of every dense routine: plain loops, one multiply at a time. Other instruction sets are compared with
/// this one; its integer results are theirs, byte for byte. Its float32 sums are formed in float64 and rounded once, so
/// that it is also the most exact.
/// </summary>
internal sealed unsafe class ScalarDense : DenseKernels
{
    public override IReadOnlyList<ConvMethod> MethodsF32(in ConvGeometry geometry) => [ConvMethod.Direct];

    public override PreparedConvF32 PrepareConvF32(ConvMethod method, in ConvGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, in Activation activation, PackedStore? store = null)
    {
        ConvArguments.Check(geometry, weights.Length, bias.Length);
        if (method != ConvMethod.Direct) throw new NotSupportedException($"method {method}; the scalar set has only {ConvMethod.Direct}");
        return new ScalarConvF32(geometry, weights, bias, activation);
    }

    public override DenseKernels With(DenseOptions options) => this;

    public override IReadOnlyList<ConvMethod> MethodsInt8(in ConvGeometry geometry, in Int8Weights weights, bool inputSigned, int inputZeroPoint) => [ConvMethod.Direct];

    public override PreparedConvInt8 PrepareConvInt8(ConvMethod method, in ConvGeometry geometry, in Int8Weights weights, ReadOnlySpan<int> bias, bool inputSigned, int inputZeroPoint, in Int8Output output, PackedStore? store = null)
    {
        ConvArguments.Check(geometry, weights.Data.Length, bias.Length);
        if (method != ConvMethod.Direct) throw new NotSupportedException($"method {method}; the scalar set has only {ConvMethod.Direct}");
        return new ScalarConvInt8(geometry, weights, bias, inputSigned, inputZeroPoint, output);
    }

    public override PreparedConvF32 PrepareMatMulF32(int m, in IntegerWeights weights, ReadOnlySpan<float> bias, in Activation activation, PackedStore? store = null)
    {
        weights.Check(bias.Length);
        return new ScalarWeightOnlyF32(m, weights, bias, activation);
    }

    public override nint MatMulF32ScratchBytes(int m, int n, int k) => 0;

    public override void MatMulF32(int m, int n, int k, float* a, nint lda, float* b, nint ldb, bool transposeB, float* c, nint ldc, byte* scratch, WorkerPool pool)
    {
        var rows = new MatMulRows(n, k, a, lda, b, ldb, transposeB, c, ldc);
        pool.Run(ref rows, m);
    }

    public override nint PackedF32Bytes(int n, int k) => (nint)n * k * sizeof(float);

    /// <summary>The columns of b, one behind the other.</summary>
    public override void PackF32(int n, int k, float* b, nint ldb, bool transposeB, byte* packed, WorkerPool pool)
    {
        var to = (float*)packed;
        for (int j = 0; j < n; j++)
            for (int p = 0; p < k; p++) *to++ = transposeB ? b[j * ldb + p] : b[p * ldb + j];
    }

    public override void MatMulPackedF32(int m, int n, int k, float* a, nint lda, byte* packed, float* c, nint ldc, WorkerPool pool) =>
        MatMulF32(m, n, k, a, lda, (float*)packed, k, true, c, ldc, null, pool);

    /// <summary>One chunk is one row of c.</summary>
    private readonly struct MatMulRows(int n, int k, float* a, nint lda, float* b, nint ldb, bool transposeB, float* c, nint ldc) : IParallelJob
    {
        public void Execute(int chunk)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = 0;
                for (int p = 0; p < k; p++) sum += (double)a[chunk * lda + p] * (transposeB ? b[j * ldb + p] : b[p * ldb + j]);
                c[chunk * ldc + j] = (float)sum;
            }
        }
    }
}
