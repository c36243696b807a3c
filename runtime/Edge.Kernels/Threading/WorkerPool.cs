namespace Edge.Kernels.Threading;

/// <summary>A piece of work that is divided into numbered chunks, which may run in any order and at once.</summary>
public interface IParallelJob
{
    void Execute(int chunk);
}

/// <summary>
/// The threads of one session. One caller at a time: <see cref="Run{TJob}"/> is neither re-entrant nor to be called
/// from two threads at once.
/// </summary>
public sealed unsafe class WorkerPool : IDisposable
{
    /// <param name="threads">Threads that work on a job, the caller included; at least 1.</param>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
    }

    /// <summary>A pool of the calling thread alone; it may be shared and need not be disposed.</summary>
    public static WorkerPool Inline { get; } = new(1);

    public int Threads { get; }

    /// <summary>Executes chunks <c>0 … chunks − 1</c> and returns when all are done. Allocates nothing.</summary>
    public void Run<TJob>(ref TJob job, int chunks) where TJob : struct, IParallelJob
    {
        ObjectDisposedException.ThrowIf(Threads == 0, this);
        for (int i = 0; i < chunks; i++) job.Execute(i);
    }

    public void Dispose()
    {
    }
}
