using Edge.Kernels.Threading;

namespace Edge.Kernels.Reduction;

/// <summary>A reduction of tensors of one shape along some of their axes. Immutable, free of locks.</summary>
public abstract unsafe class ReduceKernel
{
    /// <summary>Function, type and ISA: <c>reduce_sum_f32_avx2</c>.</summary>
    public abstract string Name { get; }

    /// <param name="x">Dense, row-major, of the shape that the kernel was made for.</param>
    /// <param name="y">One element for each place along the other axes; does not overlap <paramref name="x"/>.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void Run(void* x, void* y, WorkerPool pool);
}
