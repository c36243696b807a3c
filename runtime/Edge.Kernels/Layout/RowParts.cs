using Edge.Kernels.Elementwise;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Layout;

/// <summary>
/// Joins tensors along an axis and takes them apart: of every row of a tensor, parts lie together elsewhere. All parts of a few
/// rows are moved before the next ones, so that each line of the rows is brought in once. Thread-safe.
/// </summary>
public static unsafe class RowParts
{
    /// <summary>Of the rows that are moved together: with the parts they stay in the first-level cache.</summary>
    private const nint BlockBytes = 8 * 1024;

    /// <summary>Writes each part into its place of every row.</summary>
    /// <param name="parts">Disjoint; they need not fill the rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="whole">The first row; it overlaps no part.</param>
    /// <param name="rowBytes">Bytes of a row.</param>
    /// <param name="rows">Rows, of which each part has one run.</param>
    /// <param name="lookup">Looks up parts that have a table; null where none has.</param>
    /// <param name="pool">The threads to use.</param>
    public static void Join(RowPart* parts, int count, byte* whole, nint rowBytes, int rows, ByteLookup? lookup, WorkerPool pool) =>
        Run(parts, count, whole, rowBytes, rows, lookup, joins: true, pool);

    /// <summary>Reads each part from its place of every row.</summary>
    /// <inheritdoc cref="Join"/>
    public static void Split(RowPart* parts, int count, byte* whole, nint rowBytes, int rows, WorkerPool pool) =>
        Run(parts, count, whole, rowBytes, rows, null, joins: false, pool);

    private static void Run(RowPart* parts, int count, byte* whole, nint rowBytes, int rows, ByteLookup? lookup, bool joins, WorkerPool pool)
    {
        if (rows == 0) return;
        nint moved = 0;
        for (int p = 0; p < count; p++) moved += parts[p].Bytes;
        int chunks = Grain.Chunks(moved * rows, rows, pool.Threads);
        var job = new Job(parts, count, whole, rowBytes, rows, lookup, joins, chunks);
        pool.Run(ref job, chunks);
    }

    private readonly struct Job(RowPart* parts, int count, byte* whole, nint rowBytes, int rows, ByteLookup? lookup, bool joins, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            int end = Grain.Start(rows, chunk + 1, chunks), block = (int)Math.Clamp(BlockBytes / Math.Max(1, rowBytes), 1, rows);
            for (int first = Grain.Start(rows, chunk, chunks); first < end; first += block)
            {
                int n = Math.Min(block, end - first);
                for (RowPart* p = parts; p < parts + count; p++)
                {
                    byte* part = p->Data + first * p->Bytes, place = whole + first * rowBytes + p->Place;
                    if (!joins) Runs.Copy(place, rowBytes, part, p->Bytes, n, p->Bytes);
                    else if (p->Table is null) Runs.Copy(part, p->Bytes, place, rowBytes, n, p->Bytes);
                    else lookup!.RunRows(p->Table, part, p->Bytes, place, rowBytes, n, p->Bytes);
                }
            }
        }
    }
}

/// <summary>A tensor whose runs are parts of another one's rows.</summary>
public readonly unsafe struct RowPart
{
    /// <summary>Its runs, one behind the other.</summary>
    public byte* Data { get; init; }

    /// <summary>Of a run.</summary>
    public nint Bytes { get; init; }

    /// <summary>Where they lie in a row, in bytes.</summary>
    public nint Place { get; init; }

    /// <summary>256 bytes that it is looked up in on its way; null where it is copied.</summary>
    public byte* Table { get; init; }
}
