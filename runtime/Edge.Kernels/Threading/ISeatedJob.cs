namespace Edge.Kernels.Threading;

/// <summary>A piece of work in numbered chunks, as <see cref="IParallelJob"/>, whose chunks need memory that no other thread uses meanwhile.</summary>
public interface ISeatedJob
{
    /// <param name="chunk">Its number.</param>
    /// <param name="seat">Of the thread: 0 … <see cref="WorkerPool.Threads"/> − 1. No two threads have the same at once.</param>
    void Execute(int chunk, int seat);
}
