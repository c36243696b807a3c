using System.Runtime.CompilerServices;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Elementwise;

/// <summary>A <see cref="BinaryFunction"/> for one element type and instruction set. Immutable, free of locks.</summary>
public abstract unsafe class BinaryKernel
{
    /// <summary>Function, type and ISA: <c>add_f32_avx2</c>.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// <c>y = f(a, b)</c>, broadcast by <paramref name="plan"/>. <paramref name="y"/> may be an operand that has as many
    /// elements as the output, of the same size.
    /// </summary>
    public abstract void Run(void* a, void* b, void* y, Broadcast plan, WorkerPool pool);
}

/// <summary>One row: each operand advances by its stride, 0 or 1.</summary>
internal unsafe interface IBinaryRow<TIn, TOut>
    where TIn : unmanaged
    where TOut : unmanaged
{
    static abstract nint Grain { get; }

    void Run(TIn* a, nint strideA, TIn* b, nint strideB, TOut* y, nint n);
}

internal sealed unsafe class BinaryKernel<TIn, TOut, TRow>(TRow row, string name) : BinaryKernel
    where TIn : unmanaged
    where TOut : unmanaged
    where TRow : struct, IBinaryRow<TIn, TOut>
{
    private const int TileBytes = 2048;

    public override string Name { get; } = name;

    public override void Run(void* a, void* b, void* y, Broadcast plan, WorkerPool pool)
    {
        var chunks = new Broadcast.Chunks(plan, TRow.Grain);
        var job = new Job { Row = row, A = (TIn*)a, B = (TIn*)b, Y = (TOut*)y, Plan = plan, Chunks = chunks };
        // A short row that repeats costs more to enter than to work off: it is written out several times first.
        if (plan.RowLength * sizeof(TIn) <= TileBytes / 4 && plan.Rows >= 8) job.Periodic = plan.Periodic();
        else job.Periodic = -1;
        pool.Run(ref job, chunks.Count);
    }

    private struct Job : IParallelJob
    {
        public TRow Row;
        public TIn* A;
        public TIn* B;
        public TOut* Y;
        public Broadcast Plan;
        public Broadcast.Chunks Chunks;
        public int Periodic;

        public readonly void Execute(int chunk)
        {
            Chunks.Of(chunk, out nint row, out nint end, out nint first, out nint length);
            if (Periodic >= 0)
            {
                Tiled(row, end);
                return;
            }
            nint sa = Plan.RowStride(0), sb = Plan.RowStride(1);
            var at = new Broadcast.Cursor(Plan, row);
            for (; row < end; row++, at.Next())
                Row.Run(A + at.Offset0 + first * sa, sa, B + at.Offset1 + first * sb, sb, Y + row * Plan.RowLength + first, length);
        }

        [SkipLocalsInit]
        private readonly void Tiled(nint row, nint end)
        {
            nint length = Plan.RowLength;
            nint rows = TileBytes / (length * sizeof(TIn));
            byte* bytes = stackalloc byte[TileBytes];
            var tile = (TIn*)bytes;
            var source = Periodic == 0 ? A : B;
            for (nint i = 0; i < rows * length; i++) tile[i] = source[i % length];
            for (; row < end; row += rows)
            {
                nint n = nint.Min(rows, end - row) * length;
                nint at = row * length;
                if (Periodic == 0) Row.Run(tile, 1, B + at, 1, Y + at, n);
                else Row.Run(A + at, 1, tile, 1, Y + at, n);
            }
        }
    }
}
