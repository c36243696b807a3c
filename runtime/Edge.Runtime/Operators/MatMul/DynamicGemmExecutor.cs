using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>Gemm whose B a run brings.</summary>
internal sealed unsafe class DynamicGemmExecutor : Executor
{
    private readonly GemmShape _g;
    private readonly GemmLeft _left;
    private readonly GemmAddend? _addend;
    private readonly DenseKernels _dense;
    private readonly RowEpilogue _epilogue;
    private readonly nint _temporary;
    private readonly nint _product;

    public DynamicGemmExecutor(PrepareContext c, in GemmShape g, GemmLeft left, GemmAddend? addend, in Activation activation)
    {
        _g = g;
        _left = left;
        _addend = addend;
        _dense = c.Kernels.Dense;
        _epilogue = new RowEpilogue(_dense, g.M, g.N, activation, addend is not null);
        _temporary = _epilogue.NeedsTemporary ? Scratch.Align((nint)g.M * g.N * sizeof(float)) : 0;
        _product = Scratch.Align(_dense.MatMulF32ScratchBytes(g.M, g.N, g.K));
    }

    public override string Kernel => "gemm_f32 (both sides at run time)";

    public override nint ScratchBytes => _left.ScratchBytes + (_addend?.ScratchBytes ?? 0) + _temporary + _product + _epilogue.ScratchBytes;

    public override long Macs => (long)_g.M * _g.K * _g.N;

    public override void Execute(in StepContext c)
    {
        if (_g.M == 0 || _g.N == 0) return;
        byte* scratch = c.Scratch;
        float* a = _left.Get(c.Input<float>(0), scratch, c.Pool);
        scratch += _left.ScratchBytes;
        float* added = _addend is null ? null : _addend.Get(c.Input<float>(GemmShape.C), scratch);
        scratch += _addend?.ScratchBytes ?? 0;
        float* y = c.Output<float>(0);
        float* product = _epilogue.NeedsTemporary ? (float*)scratch : y;
        scratch += _temporary;
        _dense.MatMulF32(_g.M, _g.N, _g.K, a, _g.K, c.Input<float>(1), _g.TransB ? _g.K : _g.N, _g.TransB, product, _g.N, scratch, c.Pool);
        if (_g.Alpha != 1)
        {
            for (nint i = 0; i < (nint)_g.M * _g.N; i++) product[i] *= _g.Alpha;
        }

        _epilogue.Run(product, null, added, y, scratch + _product, c.Pool);
    }

    public override void Dispose()
    {
        _epilogue.Dispose();
        base.Dispose();
    }
}
