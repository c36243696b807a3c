using System.Numerics;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.TopK;

/// <summary>
/// The k best of each lane in a heap whose root is the worst that is still in; at the end the heap is emptied from the
/// back. Lanes are divided among the threads.
/// </summary>
internal sealed unsafe class TopKExecutor<T>(TopKLanes lanes, bool wantsIndices, int threads) : Executor
    where T : unmanaged, INumber<T>
{
    private readonly nint _heapBytes = Scratch.Align((nint)lanes.K * sizeof(int));

    public override string Kernel => "topk_heap";

    public override nint ScratchBytes => threads * _heapBytes;

    public override void Execute(in StepContext c)
    {
        if (lanes.K == 0 || lanes.Count == 0) return;
        int chunks = Math.Min(threads, lanes.Count);
        var job = new Job(this, c.Input<T>(0), c.Output<T>(0), wantsIndices ? c.Output<long>(1) : null, c.Scratch, lanes, chunks);
        c.Pool.Run(ref job, chunks);
    }

    /// <summary>One chunk is a share of the lanes, with a heap of its own.</summary>
    private readonly struct Job(TopKExecutor<T> e, T* x, T* values, long* indices, byte* scratch, TopKLanes lanes, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            var heap = (int*)(scratch + chunk * e._heapBytes);
            int end = Kernels.Layout.Grain.Start(lanes.Count, chunk + 1, chunks);
            for (int lane = Kernels.Layout.Grain.Start(lanes.Count, chunk, chunks); lane < end; lane++) Lane(lane, heap);
        }

        private void Lane(int lane, int* heap)
        {
            var (o, i) = Math.DivRem(lane, lanes.Inner);
            T* from = x + (nint)o * lanes.Size * lanes.Inner + i;
            int k = lanes.K;
            for (int n = 0; n < k; n++) heap[n] = n;
            for (int n = k / 2 - 1; n >= 0; n--) Sink(from, heap, n, k);
            for (int n = k; n < lanes.Size; n++)
            {
                if (!Better(from, n, heap[0])) continue;
                heap[0] = n;
                Sink(from, heap, 0, k);
            }

            nint to = (nint)o * k * lanes.Inner + i;
            for (int n = k - 1; n >= 0; n--)
            {
                int worst = heap[0];
                heap[0] = heap[n];
                Sink(from, heap, 0, n);
                if (values is not null) values[to + (nint)n * lanes.Inner] = from[(nint)worst * lanes.Inner];
                if (indices is not null) indices[to + (nint)n * lanes.Inner] = worst;
            }
        }

        /// <summary>Lets the element at <paramref name="at"/> down until nothing below it is worse.</summary>
        private void Sink(T* from, int* heap, int at, int count)
        {
            int moving = heap[at];
            while (2 * at + 1 < count)
            {
                int child = 2 * at + 1;
                if (child + 1 < count && Better(from, heap[child], heap[child + 1])) child++;
                if (!Better(from, moving, heap[child])) break;
                heap[at] = heap[child];
                at = child;
            }

            heap[at] = moving;
        }

        private bool Better(T* from, int a, int b)
        {
            int order = from[(nint)a * lanes.Inner].CompareTo(from[(nint)b * lanes.Inner]);
            return order == 0 ? a < b : order > 0 == lanes.Largest;
        }
    }
}
