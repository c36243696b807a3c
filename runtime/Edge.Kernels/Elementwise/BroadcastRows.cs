using System.Runtime.CompilerServices;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Elementwise;

/// <summary>Runs a function of rows over everything that a <see cref="Broadcast"/> pairs.</summary>
internal static unsafe class BroadcastRows
{
    private const int TileBytes = 2048;

    public static void Run<TIn, TOut, TRow>(TRow row, TIn* a, TIn* b, TOut* y, Broadcast plan, WorkerPool pool)
        where TIn : unmanaged
        where TOut : unmanaged
        where TRow : struct, IBinaryRow<TIn, TOut>
    {
        var chunks = new Broadcast.Chunks(plan, TRow.Grain);
        // A short row that repeats costs more to enter than to work off: it is written out several times first.
        bool tiles = plan.RowLength * sizeof(TIn) <= TileBytes / 4 && plan.Rows >= 8;
        var job = new Job<TIn, TOut, TRow> { Row = row, A = a, B = b, Y = y, Plan = plan, Chunks = chunks, Periodic = tiles ? plan.Periodic() : -1 };
        pool.Run(ref job, chunks.Count);
    }

    private struct Job<TIn, TOut, TRow> : IParallelJob
        where TIn : unmanaged
        where TOut : unmanaged
        where TRow : struct, IBinaryRow<TIn, TOut>
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
            new Span<TIn>(source, (int)length).CopyTo(new Span<TIn>(tile, (int)length));
            // As often again as is there.
            for (nint done = length; done < rows * length; done *= 2)
                new Span<TIn>(tile, (int)nint.Min(done, rows * length - done)).CopyTo(new Span<TIn>(tile + done, (int)(rows * length - done)));
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
