using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.Attention;

/// <summary>
/// Keys, or values, of former runs with new ones behind them, as <c>[batch, heads, past + added, size]</c>: in the output
/// for them, or in scratch where nobody asks for it. Where there are no former ones and nobody asks, nothing is moved.
/// </summary>
/// <param name="batch">Batches.</param>
/// <param name="heads">Heads of keys and values.</param>
/// <param name="past">Rows of former runs.</param>
/// <param name="added">Rows of this run.</param>
/// <param name="size">Elements of a row.</param>
/// <param name="isOutput">Somebody asks for it.</param>
internal sealed unsafe class KeyValueCache(int batch, int heads, int past, int added, int size, bool isOutput)
{
    private bool IsMoved => isOutput || past > 0;

    public nint ScratchBytes => isOutput || past == 0 ? 0 : Scratch.Align((nint)batch * heads * (past + added) * size * sizeof(float));

    /// <summary>All rows, after the new ones were put behind the former ones.</summary>
    /// <param name="former"><c>[batch, heads, past, size]</c>; not read where past is 0.</param>
    /// <param name="fresh">The new rows.</param>
    /// <param name="output">The output; not written unless somebody asks for it.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    public Heads Update(float* former, in Heads fresh, float* output, byte* scratch, WorkerPool pool)
    {
        if (!IsMoved) return fresh;
        float* target = isOutput ? output : (float*)scratch;
        var job = new HeadCopy { Cache = this, Former = former, Fresh = fresh, Target = target };
        pool.Run(ref job, batch * heads);
        return Heads.HeadsFirst(target, heads, past + added, size);
    }

    /// <summary>One chunk is one head of one batch.</summary>
    private struct HeadCopy : IParallelJob
    {
        public KeyValueCache Cache;
        public float* Former;
        public Heads Fresh;
        public float* Target;

        public readonly void Execute(int chunk) => Cache.CopyHead(this, chunk);
    }

    private void CopyHead(in HeadCopy job, int chunk)
    {
        float* target = job.Target + (nint)chunk * (past + added) * size;
        long old = (long)past * size * sizeof(float);
        if (old > 0) Buffer.MemoryCopy(job.Former + (nint)chunk * past * size, target, old, old);
        float* fresh = job.Fresh.At(chunk / heads, chunk % heads);
        for (int r = 0; r < added; r++)
            Buffer.MemoryCopy(fresh + r * job.Fresh.Row, target + (nint)(past + r) * size, (long)size * sizeof(float), (long)size * sizeof(float));
    }
}
