using Edge.Kernels;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>float32 matrix products of which a run brings both sides, or which differ in both.</summary>
internal sealed unsafe class DynamicMatMulExecutor : Executor
{
    private readonly MatMulShape _shape;
    private readonly MatMulBatch _products;
    private readonly RowEpilogue _epilogue;
    private readonly int _bias;
    private readonly nint _temporary;

    /// <param name="c">The node and the kernels.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="bias">The input with the bias; −1 for none.</param>
    public DynamicMatMulExecutor(PrepareContext c, MatMulShape shape, in Activation activation, int bias)
    {
        _shape = shape;
        _bias = bias;
        _products = new MatMulBatch(c.Kernels.Dense, c.Threads, shape.M, shape.K, shape.N, shape.A, shape.B, transposeB: false);
        _epilogue = new RowEpilogue(c.Kernels.Dense, shape.A.Length * shape.M, shape.N, activation, residual: false);
        _temporary = _epilogue.NeedsTemporary ? Scratch.Align((nint)shape.Output.Count * sizeof(float)) : 0;
    }

    public override string Kernel => $"matmul_f32 (both sides at run time, {_shape.A.Length} products)";

    public override nint ScratchBytes => _temporary + _products.ScratchBytes + _epilogue.ScratchBytes;

    public override long Macs => _shape.Macs;

    public override void Execute(in StepContext c)
    {
        float* y = c.Output<float>(0);
        float* target = _epilogue.NeedsTemporary ? (float*)c.Scratch : y;
        byte* scratch = c.Scratch + _temporary;
        _products.Run(c.Input<float>(0), c.Input<float>(1), target, scratch, c.Pool);
        _epilogue.Run(target, _bias < 0 ? null : c.Input<float>(_bias), null, y, scratch + _products.ScratchBytes, c.Pool);
    }

    public override void Dispose()
    {
        _epilogue.Dispose();
        base.Dispose();
    }
}
