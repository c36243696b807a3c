using System.Diagnostics;
using Edge.Kernels.Threading;

namespace Edge.Runtime.Execution;

/// <summary>
/// Steps that follow each other, and of which each but the first reads of the others only the rows that it computes: each thread takes its rows
/// through all of them, without waiting for the others in between, and finds what it wrote in its own cache.
/// </summary>
/// <param name="plan">How.</param>
/// <param name="steps">The steps.</param>
internal sealed unsafe class RowChain(RowChainPlan plan, StaticStep[] steps)
{
    private readonly long[] _ticks = new long[steps.Length];

    /// <summary>Steps that it has.</summary>
    public int Length => steps.Length;

    /// <summary>Where threads have their scratch. Set once, when the arena exists.</summary>
    public byte* Scratch { get; set; }

    /// <summary>From one thread's scratch to the next one's: as far as there is memory, which is the same for all chains, so that it stays with the core that wrote it.</summary>
    public nint ScratchStride { get; set; }

    /// <summary>Whether it may be run by a pool: there is scratch for so many threads.</summary>
    public bool Takes(WorkerPool pool) => pool.Threads == plan.Threads;

    /// <param name="pool">One that the chain takes.</param>
    /// <param name="profile">Whether steps count their time: each gets so much of the whole as it has of the calling thread's.</param>
    public void Run(WorkerPool pool, bool profile)
    {
        var job = new Job(this, profile);
        if (!profile)
        {
            pool.RunSeated(ref job, plan.Chunks);
            return;
        }

        Array.Clear(_ticks);
        long start = Stopwatch.GetTimestamp();
        pool.RunSeated(ref job, plan.Chunks);
        long all = Stopwatch.GetTimestamp() - start, own = Math.Max(1, _ticks.Sum());
        for (int i = 0; i < steps.Length; i++) steps[i].Ticks += (long)((double)all * _ticks[i] / own);
    }

    private void Chunk(int chunk, int seat, bool profile)
    {
        nint first = plan.Start(chunk), count = plan.Start(chunk + 1) - first;
        byte* scratch = Scratch + seat * ScratchStride;
        // The caller has seat 0.
        if (!profile || seat != 0)
        {
            foreach (StaticStep step in steps) step.RunRows(plan.Rows, first, count, scratch);
            return;
        }

        for (int i = 0; i < steps.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            steps[i].RunRows(plan.Rows, first, count, scratch);
            _ticks[i] += Stopwatch.GetTimestamp() - start;
        }
    }

    private readonly struct Job(RowChain chain, bool profile) : ISeatedJob
    {
        public void Execute(int chunk, int seat) => chain.Chunk(chunk, seat, profile);
    }
}
