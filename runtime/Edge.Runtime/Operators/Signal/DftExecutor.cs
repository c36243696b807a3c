using System.Numerics;
using Edge.Kernels.Layout;
using Edge.Kernels.Signal;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Signal;

/// <summary>Lines along the axis, divided among the threads.</summary>
internal sealed unsafe class DftExecutor<T>(Shape x, int axis, SpectrumShape shape, int threads) : Executor
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly SpectrumKernel<T> _kernel = new(shape);
    private readonly int _inner = x.Product(axis + 1, x.Rank - 1);
    private readonly int _lines = x.Product(0, axis) * x.Product(axis + 1, x.Rank - 1);

    public override string Kernel { get; } = $"dft_{DataTypeExtensions.Of<T>().OnnxName()}_{shape.Length}";

    public override nint ScratchBytes => threads * _kernel.ScratchBytes;

    public override void Execute(in StepContext c)
    {
        int lanes = Math.Min(threads, _lines);
        var job = new Job { E = this, X = c.Input<T>(0), Y = c.Output<T>(0), Scratch = c.Scratch, Lanes = lanes };
        c.Pool.Run(ref job, lanes);
    }

    private struct Job : IParallelJob
    {
        public DftExecutor<T> E;
        public T* X;
        public T* Y;
        public byte* Scratch;
        public int Lanes;

        public readonly void Execute(int lane)
        {
            int end = Grain.Start(E._lines, lane + 1, Lanes);
            for (int line = Grain.Start(E._lines, lane, Lanes); line < end; line++) E.Line(X, Y, line, Scratch + lane * E._kernel.ScratchBytes);
        }
    }

    private void Line(T* from, T* to, int line, byte* scratch)
    {
        var (o, i) = Math.DivRem(line, _inner);
        nint stride = (nint)_inner * x[^1], outStride = (nint)_inner * (shape.IsHalf ? 1 : 2);
        _kernel.Run(from + (nint)o * x[axis] * stride + i * x[^1], stride, x[axis], null,
            to + (nint)o * shape.Bins * outStride + i * (shape.IsHalf ? 1 : 2), outStride, scratch);
    }
}
