using Edge.Kernels.Threading;

namespace Edge.Kernels.Elementwise;

/// <summary>A <see cref="BinaryFunction"/> for one element type and instruction set. Immutable, free of locks.</summary>
public abstract unsafe class BinaryKernel
{
    /// <summary>Function, type and ISA: <c>add_f32_avx2</c>.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// <c>y = f(a, b)</c>, broadcast by <paramref name="plan"/>. <paramref name="y"/> may be an operand that has as many
    /// elements as the output, of the same size.
    /// </summary>
    public abstract void Run(void* a, void* b, void* y, Broadcast plan, WorkerPool pool);

    /// <summary>The same for operands of one shape: <paramref name="count"/> elements of each, on the calling thread.</summary>
    public abstract void RunDense(void* a, void* b, void* y, nint count);
}

/// <summary>One row: each operand advances by its stride, 0 or 1.</summary>
internal unsafe interface IBinaryRow<TIn, TOut>
    where TIn : unmanaged
    where TOut : unmanaged
{
    static abstract nint Grain { get; }

    void Run(TIn* a, nint strideA, TIn* b, nint strideB, TOut* y, nint n);
}

internal sealed unsafe class BinaryKernel<TIn, TOut, TRow>(TRow row, string name) : BinaryKernel
    where TIn : unmanaged
    where TOut : unmanaged
    where TRow : struct, IBinaryRow<TIn, TOut>
{
    public override string Name { get; } = name;

    public override void Run(void* a, void* b, void* y, Broadcast plan, WorkerPool pool) =>
        BroadcastRows.Run(row, (TIn*)a, (TIn*)b, (TOut*)y, plan, pool);

    public override void RunDense(void* a, void* b, void* y, nint count) => row.Run((TIn*)a, 1, (TIn*)b, 1, (TOut*)y, count);
}
