namespace Edge.Kernels.Threading;

/// <summary>Into how many chunks each thread's share of a job is cut, so that one that is held up does not delay the others.</summary>
public static class ThreadChunks
{
    /// <summary>Cycles of a chunk at least: each begins with empty pipelines, and reads weights anew.</summary>
    private const long LeastCycles = 128 * 1024;

    private const int Most = 3;

    /// <summary>Chunks of each thread.</summary>
    /// <param name="cycles">Processor cycles of the job.</param>
    /// <param name="threads">Threads that share it.</param>
    public static int Of(long cycles, int threads) => (int)Math.Clamp(cycles / (LeastCycles * threads), 1, Most);
}
