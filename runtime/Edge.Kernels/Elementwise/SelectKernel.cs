using Edge.Kernels.Threading;

namespace Edge.Kernels.Elementwise;

/// <summary>Chooses elements of 1, 2, 4 or 8 bytes by a condition. Immutable, free of locks.</summary>
public abstract unsafe class SelectKernel
{
    public abstract string Name { get; }

    /// <summary>
    /// <c>y = condition ? a : b</c>; operands 0, 1, 2 of <paramref name="plan"/> are condition, a and b. A condition is
    /// any byte but 0. <paramref name="y"/> may be a or b, if that has as many elements as the output.
    /// </summary>
    public abstract void Run(byte* condition, void* a, void* b, void* y, Broadcast plan, WorkerPool pool);

    /// <param name="elementBytes">1, 2, 4 or 8.</param>
    public static SelectKernel Of(int elementBytes) => elementBytes switch
    {
        1 => new SelectKernel<byte>(),
        2 => new SelectKernel<ushort>(),
        4 => new SelectKernel<uint>(),
        8 => new SelectKernel<ulong>(),
        _ => throw new ArgumentOutOfRangeException(nameof(elementBytes), $"elements of {elementBytes} bytes cannot be selected"),
    };
}

internal sealed unsafe class SelectKernel<T> : SelectKernel
    where T : unmanaged
{
    public override string Name { get; } = $"where_{8 * sizeof(T)}bit";

    public override void Run(byte* condition, void* a, void* b, void* y, Broadcast plan, WorkerPool pool)
    {
        var chunks = new Broadcast.Chunks(plan, Grain.Heavy);
        var job = new Job { Condition = condition, A = (T*)a, B = (T*)b, Y = (T*)y, Plan = plan, Chunks = chunks };
        pool.Run(ref job, chunks.Count);
    }

    private struct Job : IParallelJob
    {
        public byte* Condition;
        public T* A;
        public T* B;
        public T* Y;
        public Broadcast Plan;
        public Broadcast.Chunks Chunks;

        public readonly void Execute(int chunk)
        {
            Chunks.Of(chunk, out nint row, out nint end, out nint first, out nint length);
            nint sc = Plan.RowStride(0), sa = Plan.RowStride(1), sb = Plan.RowStride(2);
            var at = new Broadcast.Cursor(Plan, row);
            for (; row < end; row++, at.Next())
            {
                byte* c = Condition + at.Offset0 + first * sc;
                T* a = A + at.Offset1 + first * sa;
                T* b = B + at.Offset2 + first * sb;
                T* y = Y + row * Plan.RowLength + first;
                for (nint i = 0; i < length; i++) y[i] = c[i * sc] != 0 ? a[i * sa] : b[i * sb];
            }
        }
    }
}
