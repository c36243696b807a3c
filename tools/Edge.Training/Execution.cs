using System.Collections.Concurrent;
using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Training;

/// <summary>
/// What operations run on: kernels, threads, scratch. Work is divided by sample, never by thread count, and sums over
/// samples are taken in their order, so results do not depend on the number of threads.
/// </summary>
internal sealed unsafe class Execution(KernelSet kernels, WorkerPool pool)
{
    private readonly ConcurrentStack<Tensor> _scratch = new();

    public DenseKernels Dense { get; } = kernels.Dense;

    /// <summary>Batch statistics are used and remembered; else the running ones are used.</summary>
    public bool Training { get; set; }

    /// <summary>Calls <paramref name="work"/> for 0 … count − 1, on several threads.</summary>
    public void ForEach(int count, Action<int> work)
    {
        var job = new Job(work);
        pool.Run(ref job, count);
    }

    /// <summary>Memory for one chunk of work; dispose to give it back. Contents are undefined.</summary>
    public Scratch Rent(long floats)
    {
        if (!_scratch.TryPop(out Tensor? block) || block.Count < floats) block = Tensor.Create<float>(new Shape(checked((int)floats)));
        return new Scratch(this, block);
    }

    /// <summary><c>c = a · b</c>, on the calling thread; see <see cref="DenseKernels.MatMulF32"/>.</summary>
    public void Multiply(int m, int n, int k, float* a, nint lda, float* b, nint ldb, bool transposeB, float* c, nint ldc)
    {
        using Scratch packed = Rent(Dense.MatMulF32ScratchBytes(m, n, k) / sizeof(float) + 16);
        Dense.MatMulF32(m, n, k, a, lda, b, ldb, transposeB, c, ldc, (byte*)packed.Pointer, WorkerPool.Inline);
    }

    public readonly struct Scratch(Execution owner, Tensor block) : IDisposable
    {
        public float* Pointer => (float*)block.Data;

        public void Dispose() => owner._scratch.Push(block);
    }

    private readonly struct Job(Action<int> work) : IParallelJob
    {
        public void Execute(int chunk) => work(chunk);
    }
}
