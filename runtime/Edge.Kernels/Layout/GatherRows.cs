using System.Runtime.CompilerServices;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Layout;

/// <summary>
/// <c>target[o, i, …] = source[o, indices[i], …]</c>: picks rows along one axis by indices that a run brings. Immutable.
/// </summary>
/// <param name="outer">Product of the dimensions before the axis.</param>
/// <param name="size">Size of the axis in the source.</param>
/// <param name="rowBytes">Bytes of one row: the dimensions behind the axis.</param>
/// <param name="count">Number of indices.</param>
public sealed unsafe class GatherRows(int outer, int size, nint rowBytes, int count)
{
    public string Name => rowBytes is 1 or 2 or 4 or 8 ? $"gather_{rowBytes}" : "gather_rows";

    /// <param name="source">Dense.</param>
    /// <param name="indices">Each within <c>[−size, size)</c>; negative ones count from the end.</param>
    /// <param name="target">Dense; does not overlap the source.</param>
    /// <param name="pool">The threads to use.</param>
    /// <returns>−1; or the place of an index that is out of range, in which case nothing is written.</returns>
    public int Run<TIndex>(byte* source, TIndex* indices, byte* target, WorkerPool pool) where TIndex : unmanaged
    {
        for (int i = 0; i < count; i++)
        {
            long index = Widen(indices[i]);
            if (index < -size || index >= size) return i;
        }

        int rows = outer * count;
        if (rows == 0) return -1;
        int chunks = Grain.Chunks(rows * rowBytes, rows, pool.Threads);
        var job = new Job<TIndex>(this, source, indices, target, chunks);
        pool.Run(ref job, chunks);
        return -1;
    }

    /// <summary>An int32 or int64 index as int64.</summary>
    public static long Widen<TIndex>(TIndex index) where TIndex : unmanaged =>
        sizeof(TIndex) == 8 ? Unsafe.BitCast<TIndex, long>(index) : Unsafe.BitCast<TIndex, int>(index);

    private readonly struct Job<TIndex>(GatherRows g, byte* source, TIndex* indices, byte* target, int chunks) : IParallelJob
        where TIndex : unmanaged
    {
        public void Execute(int chunk)
        {
            int rows = g.Outer * g.Count;
            int first = Grain.Start(rows, chunk, chunks), end = Grain.Start(rows, chunk + 1, chunks);
            switch (g.RowBytes)
            {
                case 1: Elements<byte>(first, end); break;
                case 2: Elements<ushort>(first, end); break;
                case 4: Elements<uint>(first, end); break;
                case 8: Elements<ulong>(first, end); break;
                default: Rows(first, end); break;
            }
        }

        private nint SourceRow(int o, int i)
        {
            long index = Widen(indices[i]);
            return (nint)o * g.Size + (nint)(index < 0 ? index + g.Size : index);
        }

        private void Elements<T>(int first, int end) where T : unmanaged
        {
            var (o, i) = Math.DivRem(first, g.Count);
            for (int row = first; row < end; row++)
            {
                ((T*)target)[row] = ((T*)source)[SourceRow(o, i)];
                if (++i < g.Count) continue;
                i = 0;
                o++;
            }
        }

        private void Rows(int first, int end)
        {
            var (o, i) = Math.DivRem(first, g.Count);
            for (int row = first; row < end; row++)
            {
                Buffer.MemoryCopy(source + SourceRow(o, i) * g.RowBytes, target + row * g.RowBytes, g.RowBytes, g.RowBytes);
                if (++i < g.Count) continue;
                i = 0;
                o++;
            }
        }
    }

    private int Outer => outer;

    private int Size => size;

    private nint RowBytes => rowBytes;

    private int Count => count;
}
