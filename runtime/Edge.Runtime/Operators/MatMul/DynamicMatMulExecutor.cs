using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>
/// float32 matrix products of which a run brings both sides, or which differ in both. Many products are divided among
/// the threads; few are each computed by all of them.
/// </summary>
internal sealed unsafe class DynamicMatMulExecutor : Executor
{
    private readonly MatMulShape _shape;
    private readonly DenseKernels _dense;
    private readonly RowEpilogue _epilogue;
    private readonly int _bias;
    private readonly int _lanes;
    private readonly nint _temporary;
    private readonly nint _product;

    /// <param name="c">The node and the kernels.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="bias">The input with the bias; −1 for none.</param>
    public DynamicMatMulExecutor(PrepareContext c, MatMulShape shape, in Activation activation, int bias)
    {
        _shape = shape;
        _dense = c.Kernels.Dense;
        _bias = bias;
        _lanes = shape.A.Length >= 2 * c.Threads ? c.Threads : 1;
        _epilogue = new RowEpilogue(_dense, shape.A.Length * shape.M, shape.N, activation, residual: false);
        _temporary = _epilogue.NeedsTemporary ? Scratch.Align((nint)shape.Output.Count * sizeof(float)) : 0;
        _product = Scratch.Align(_dense.MatMulF32ScratchBytes(shape.M, shape.N, shape.K));
    }

    public override string Kernel => $"matmul_f32 (both sides at run time, {_shape.A.Length} products)";

    public override nint ScratchBytes => _temporary + _lanes * _product + _epilogue.ScratchBytes;

    public override long Macs => _shape.Macs;

    public override void Execute(in StepContext c)
    {
        float* y = c.Output<float>(0);
        float* target = _epilogue.NeedsTemporary ? (float*)c.Scratch : y;
        byte* scratch = c.Scratch + _temporary;
        var job = new Products(this, c.Input<float>(0), c.Input<float>(1), target, scratch);
        if (_lanes > 1) c.Pool.Run(ref job, _lanes);
        else job.All(c.Pool);
        _epilogue.Run(target, _bias < 0 ? null : c.Input<float>(_bias), null, y, scratch + _lanes * _product, c.Pool);
    }

    public override void Dispose()
    {
        _epilogue.Dispose();
        base.Dispose();
    }

    /// <summary>One chunk is one lane: a share of the products, with scratch of its own.</summary>
    private readonly struct Products(DynamicMatMulExecutor e, float* a, float* b, float* y, byte* scratch) : IParallelJob
    {
        public void Execute(int lane)
        {
            int count = e._shape.A.Length;
            int end = (int)((long)count * (lane + 1) / e._lanes);
            for (int i = (int)((long)count * lane / e._lanes); i < end; i++) Product(i, scratch + lane * e._product, WorkerPool.Inline);
        }

        public void All(WorkerPool pool)
        {
            for (int i = 0; i < e._shape.A.Length; i++) Product(i, scratch, pool);
        }

        private void Product(int i, byte* own, WorkerPool pool)
        {
            var s = e._shape;
            e._dense.MatMulF32(s.M, s.N, s.K, a + (nint)s.A[i] * s.M * s.K, s.K, b + (nint)s.B[i] * s.K * s.N, s.N, false,
                y + (nint)i * s.M * s.N, s.N, own, pool);
        }
    }
}
