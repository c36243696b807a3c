using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>The left operand of Gemm as <c>[M,K]</c>: where it is, or transposed into scratch.</summary>
internal sealed unsafe class GemmLeft
{
    private readonly StridedCopy? _transpose;

    public GemmLeft(in GemmShape g)
    {
        if (!g.TransA || g.M == 1 || g.K == 1) return;
        _transpose = StridedCopy.Transpose([g.K, g.M], [1, 0], sizeof(float));
        ScratchBytes = Scratch.Align((nint)g.M * g.K * sizeof(float));
    }

    public nint ScratchBytes { get; }

    public float* Get(float* a, byte* scratch, WorkerPool pool)
    {
        if (_transpose is null) return a;
        _transpose.Run((byte*)a, scratch, pool);
        return (float*)scratch;
    }
}
