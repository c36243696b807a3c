using System.Diagnostics;
using Edge.Kernels.Threading;

namespace Edge.Runtime.Execution;

/// <summary>
/// Steps that follow each other, and of which each but the first reads of the others only the rows that it computes: each thread takes its rows
/// through all of them, without waiting for the others in between. What no other step reads is never there as a whole: each thread has a buffer
/// for the rows that it is at, which stay in its cache.
/// </summary>
/// <param name="division">How rows are divided.</param>
/// <param name="steps">The steps.</param>
/// <param name="pointers">Where their tensors lie.</param>
/// <param name="memory">Memory of the threads.</param>
/// <param name="ofThread">Bytes of each.</param>
internal sealed unsafe class RowChain(RowDivision division, StaticStep[] steps, RowChainPointers pointers, byte* memory, nint ofThread)
{
    private readonly long[] _ticks = new long[steps.Length];

    /// <summary>Steps that it has.</summary>
    public int Length => steps.Length;

    /// <param name="pool">Threads; more than there is memory for leave all to the caller.</param>
    /// <param name="profile">Whether steps count their time: each gets so much of the whole as it has of the calling thread's.</param>
    public void Run(WorkerPool pool, bool profile)
    {
        if (pool.Threads > division.Threads) pool = WorkerPool.Inline;
        var job = new Job(this, profile);
        if (!profile)
        {
            pool.RunSeated(ref job, division.Chunks);
            return;
        }

        Array.Clear(_ticks);
        long start = Stopwatch.GetTimestamp();
        pool.RunSeated(ref job, division.Chunks);
        long all = Stopwatch.GetTimestamp() - start, own = Math.Max(1, _ticks.Sum());
        for (int i = 0; i < steps.Length; i++) steps[i].Ticks += (long)((double)all * _ticks[i] / own);
    }

    private void Chunk(int chunk, int seat, bool profile)
    {
        nint first = division.Start(chunk), count = division.Start(chunk + 1) - first;
        byte* own = memory + seat * ofThread;
        void** table = pointers.For(own, first);
        for (int i = 0; i < steps.Length; i++)
        {
            // The caller has seat 0.
            long start = profile && seat == 0 ? Stopwatch.GetTimestamp() : 0;
            steps[i].RunRows(pointers.InputsOf(table, i), pointers.OutputsOf(table, i), division.Rows, first, count, own + pointers.ScratchAt);
            if (profile && seat == 0) _ticks[i] += Stopwatch.GetTimestamp() - start;
        }
    }

    private readonly struct Job(RowChain chain, bool profile) : ISeatedJob
    {
        public void Execute(int chunk, int seat) => chain.Chunk(chunk, seat, profile);
    }
}
