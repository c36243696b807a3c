using Edge.Kernels.Threading;

namespace Edge.Runtime.Operators.Recurrent;

/// <summary>
/// Products of rows with the weights of a recurrent node: <c>y = a · Bᵀ</c>, B being one of several blocks of rows of W or R. Several
/// threads may multiply at once, each with scratch of its own.
/// </summary>
internal abstract unsafe class WeightProducts : IDisposable
{
    /// <summary>Bytes of weights packed when the plan was built.</summary>
    public virtual nint PackedBytes => 0;

    /// <summary>Bytes that <see cref="Begin"/> needs for a run.</summary>
    public virtual nint RunBytes => 0;

    /// <summary>Bytes of scratch that <see cref="Multiply"/> needs for as many rows.</summary>
    public virtual nint ScratchBytes(int rows) => 0;

    /// <summary>Makes the weights of a run ready.</summary>
    /// <param name="c">The run.</param>
    /// <param name="memory"><see cref="RunBytes"/> bytes, kept until the run ends.</param>
    /// <returns>What <see cref="Multiply"/> is to be given.</returns>
    public abstract byte* Begin(in StepContext c, byte* memory);

    /// <param name="weights">As <see cref="Begin"/> returned them.</param>
    /// <param name="block">The block.</param>
    /// <param name="rows">Rows of a and y.</param>
    /// <param name="a">Dense rows.</param>
    /// <param name="y">Dense rows with an element for each row of the block.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void Multiply(byte* weights, int block, int rows, float* a, float* y, byte* scratch, WorkerPool pool);

    public abstract void Dispose();
}
