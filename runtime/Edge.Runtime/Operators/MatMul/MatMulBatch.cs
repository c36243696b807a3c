using Edge.Kernels.Dense;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>
/// float32 products of pairs of dense matrices, neither of which was known before. Many are divided among the threads; few
/// are each computed by all of them.
/// </summary>
internal sealed unsafe class MatMulBatch
{
    private readonly DenseKernels _dense;
    private readonly int _m;
    private readonly int _k;
    private readonly int _n;
    private readonly int[] _a;
    private readonly int[] _b;
    private readonly bool _transposeB;
    private readonly int _lanes;
    private readonly nint _product;

    /// <param name="dense">The kernels.</param>
    /// <param name="threads">Threads that will run it.</param>
    /// <param name="m">Rows of the left matrices.</param>
    /// <param name="k">Columns of the left matrices, rows of the right ones.</param>
    /// <param name="n">Columns of the right matrices.</param>
    /// <param name="a">For each product its left matrix, counted from 0.</param>
    /// <param name="b">For each product its right matrix, counted from 0.</param>
    /// <param name="transposeB">The right matrices are stored as <c>[n, k]</c>.</param>
    public MatMulBatch(DenseKernels dense, int threads, int m, int k, int n, int[] a, int[] b, bool transposeB)
    {
        _dense = dense;
        (_m, _k, _n) = (m, k, n);
        (_a, _b) = (a, b);
        _transposeB = transposeB;
        _lanes = a.Length >= 2 * threads ? threads : 1;
        _product = Scratch.Align(dense.MatMulF32ScratchBytes(m, n, k));
    }

    public nint ScratchBytes => _lanes * _product;

    /// <param name="a">Left matrices <c>[m, k]</c>, one behind the other.</param>
    /// <param name="b">Right matrices.</param>
    /// <param name="y">Products <c>[m, n]</c>, one behind the other.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(float* a, float* b, float* y, byte* scratch, WorkerPool pool)
    {
        var job = new Products(this, a, b, y, scratch);
        if (_lanes > 1) pool.Run(ref job, _lanes);
        else
            for (int i = 0; i < _a.Length; i++) job.Product(i, scratch, pool);
    }

    /// <summary>One chunk is one lane: a share of the products, with scratch of its own.</summary>
    private readonly struct Products(MatMulBatch o, float* a, float* b, float* y, byte* scratch) : IParallelJob
    {
        public void Execute(int lane)
        {
            int end = (int)((long)o._a.Length * (lane + 1) / o._lanes);
            for (int i = (int)((long)o._a.Length * lane / o._lanes); i < end; i++) Product(i, scratch + lane * o._product, WorkerPool.Inline);
        }

        public void Product(int i, byte* own, WorkerPool pool) => o._dense.MatMulF32(
            o._m, o._n, o._k, a + (nint)o._a[i] * o._m * o._k, o._k, b + (nint)o._b[i] * o._k * o._n, o._transposeB ? o._k : o._n, o._transposeB,
            y + (nint)i * o._m * o._n, o._n, own, pool);
    }
}
