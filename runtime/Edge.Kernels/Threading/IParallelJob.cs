namespace Edge.Kernels.Threading;

/// <summary>A piece of work that is divided into numbered chunks, which may run in any order and at once.</summary>
public interface IParallelJob
{
    void Execute(int chunk);
}
