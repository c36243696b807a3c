using System.Runtime.CompilerServices;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Layout;

/// <summary>
/// <c>target[i, j, …] = source[tᵢ[i], tⱼ[j], …]</c> for dense tensors, one table of source indices an axis: padding of
/// every kind and nearest-neighbour resampling. A table entry of −1 stands for a fill value. Prepared once for its
/// tables; immutable, so several threads may run it at once.
/// </summary>
/// <remarks>
/// Trailing axes that are taken over as they are form one run of bytes. Along the axis before them, indices that count
/// up by one become one segment; a row that equals the row before it is copied from there.
/// </remarks>
public sealed unsafe class IndexedCopy
{
    private readonly int[][] _tables;
    private readonly nint[] _strides;
    private readonly Segment[] _segments;
    private readonly int[]? _gather;
    private readonly int _run;
    private readonly int _element;
    private readonly nint _rowBytes;
    private readonly int _rows;

    /// <param name="sourceDims">Dimensions of the source.</param>
    /// <param name="tables">For each axis of the target, the index along the same axis of the source, or −1 for the fill value.</param>
    /// <param name="elementBytes">1, 2, 4 or 8.</param>
    public IndexedCopy(ReadOnlySpan<int> sourceDims, int[][] tables, int elementBytes)
    {
        int axis = tables.Length - 1;
        nint run = elementBytes;
        while (axis > 0 && IsIdentity(tables[axis], sourceDims[axis]))
        {
            run *= sourceDims[axis];
            axis--;
        }

        _element = elementBytes;
        _run = checked((int)run);
        _tables = tables[..Math.Max(axis, 0)];
        _strides = new nint[_tables.Length];
        nint stride = run * (axis >= 0 ? sourceDims[axis] : 1);
        for (int a = _tables.Length - 1; a >= 0; a--)
        {
            _strides[a] = stride;
            stride *= sourceDims[a];
        }

        int[] inner = axis >= 0 ? tables[axis] : [0];
        _segments = Segments(inner);
        if (_run is 1 or 2 or 4 or 8 && _segments.Length > inner.Length / 4 && !inner.Contains(-1)) _gather = inner;
        _rowBytes = run * inner.Length;
        _rows = _rowBytes == 0 ? 0 : checked(_tables.Aggregate(1, (n, t) => n * t.Length));
    }

    /// <summary>How a row moves: <c>gather_4</c> (single elements) or <c>copy_segments</c>.</summary>
    public string Name => _gather is null ? "copy_segments" : $"gather_{_run}";

    /// <param name="source">The source, dense.</param>
    /// <param name="target">The target, dense; the two must not overlap.</param>
    /// <param name="fill">One element; not read where no table holds −1.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(byte* source, byte* target, byte* fill, WorkerPool pool)
    {
        if (_rows == 0) return;
        int chunks = Grain.Chunks(_rows * _rowBytes, _rows, pool.Threads);
        var job = new Job(this, source, target, fill, chunks);
        pool.Run(ref job, chunks);
    }

    private static bool IsIdentity(int[] table, int count)
    {
        if (table.Length != count) return false;
        for (int i = 0; i < table.Length; i++)
            if (table[i] != i) return false;
        return true;
    }

    private static Segment[] Segments(int[] table)
    {
        var list = new List<Segment>();
        for (int i = 0; i < table.Length;)
        {
            int start = i++;
            if (table[start] < 0)
                while (i < table.Length && table[i] < 0) i++;
            else
                while (i < table.Length && table[i] == table[i - 1] + 1) i++;
            list.Add(new Segment(table[start], i - start));
        }

        return [.. list];
    }

    private void Rows(byte* source, byte* target, byte* fill, int first, int end)
    {
        target += first * _rowBytes;
        nint before = -1;
        for (int row = first; row < end; row++, target += _rowBytes)
        {
            nint offset = SourceOffset(row);
            if (offset < 0) Fill(target, fill, _rowBytes);
            else if (offset == before) Unsafe.CopyBlockUnaligned(target, target - _rowBytes, (uint)_rowBytes);
            else Row(source + offset, target, fill);
            before = offset;
        }
    }

    private nint SourceOffset(int row)
    {
        nint offset = 0;
        for (int a = _tables.Length - 1; a >= 0; a--)
        {
            int[] table = _tables[a];
            (row, int i) = Math.DivRem(row, table.Length);
            if (table[i] < 0) return -1;
            offset += table[i] * _strides[a];
        }

        return offset;
    }

    private void Row(byte* source, byte* target, byte* fill)
    {
        if (_gather is { } table)
        {
            switch (_run)
            {
                case 1: Gather((byte*)source, (byte*)target, table); break;
                case 2: Gather((ushort*)source, (ushort*)target, table); break;
                case 4: Gather((uint*)source, (uint*)target, table); break;
                default: Gather((ulong*)source, (ulong*)target, table); break;
            }

            return;
        }

        foreach (var s in _segments)
        {
            nint bytes = (nint)s.Count * _run;
            if (s.First < 0) Fill(target, fill, bytes);
            else Unsafe.CopyBlockUnaligned(target, source + (nint)s.First * _run, (uint)bytes);
            target += bytes;
        }
    }

    [MethodImpl(Compile.Alone)]
    private static void Gather<T>(T* source, T* target, int[] table) where T : unmanaged
    {
        for (int i = 0; i < table.Length; i++) target[i] = source[table[i]];
    }

    private void Fill(byte* target, byte* fill, nint bytes)
    {
        int count = (int)(bytes / _element);
        switch (_element)
        {
            case 1: new Span<byte>(target, count).Fill(*fill); break;
            case 2: new Span<ushort>(target, count).Fill(*(ushort*)fill); break;
            case 4: new Span<uint>(target, count).Fill(*(uint*)fill); break;
            default: new Span<ulong>(target, count).Fill(*(ulong*)fill); break;
        }
    }

    /// <summary>Consecutive indices from <paramref name="First"/> on, or fill values if that is negative.</summary>
    private readonly record struct Segment(int First, int Count);

    private readonly struct Job(IndexedCopy copy, byte* source, byte* target, byte* fill, int chunks) : IParallelJob
    {
        public void Execute(int chunk) =>
            copy.Rows(source, target, fill, Grain.Start(copy._rows, chunk, chunks), Grain.Start(copy._rows, chunk + 1, chunks));
    }
}
