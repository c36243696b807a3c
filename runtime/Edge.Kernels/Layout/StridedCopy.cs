using Edge.Kernels.Threading;

namespace Edge.Kernels.Layout;

/// <summary>
/// Copies elements between two strided arrangements: transposition, slices with any step, broadcasts, concatenation
/// and channel shuffles are all this one loop nest with other strides. Prepared once for its strides; immutable, so
/// several threads may run it at once.
/// </summary>
/// <remarks>
/// Axes are ordered by the stride of the target, axes that continue each other are merged, and what then lies
/// contiguous on both sides is moved as one run. If the source is contiguous along another axis than the target, the
/// two are walked in square tiles that stay in the first-level cache.
/// </remarks>
public sealed unsafe class StridedCopy
{
    /// <summary>Greatest number of axes after merging.</summary>
    public const int MaxAxes = 32;

    // Bytes of one item of a transposition on either side: both together fill most of the first-level cache. Rows are the
    // axis along which the source is contiguous; two lines of it are used up, the target's by the columns.
    private const int TileBytes = 16 * 1024;
    private const int TileRowBytes = 128;

    // Bytes of one item of any other copy, which is a part of its innermost axis.
    private const int PieceBytes = 16 * 1024;

    private readonly CopyAxis[] _outer;
    private readonly CopyAxis _inner;
    private readonly CopyAxis _row;
    private readonly int _tileRows;
    private readonly int _tileColumns;
    private readonly int _rowTiles;
    private readonly int _columnTiles;
    private readonly int _tiles;
    private readonly int _element;
    private readonly int _outerItems;
    private readonly nint _bytes;

    /// <param name="axes">Every axis, in any order.</param>
    /// <param name="elementBytes">Bytes of one element.</param>
    /// <exception cref="ArgumentException">More than <see cref="MaxAxes"/> axes are left after merging.</exception>
    public StridedCopy(ReadOnlySpan<CopyAxis> axes, int elementBytes)
    {
        var merged = Merge(axes, out bool empty);
        if (merged.Count > MaxAxes) throw new ArgumentException($"a copy over {merged.Count} axes is not supported; supported: {MaxAxes}");
        _element = elementBytes;
        if (merged is [.., var last] && last.Source == elementBytes && last.Target == elementBytes)
        {
            _element = checked(last.Count * elementBytes);
            merged.RemoveAt(merged.Count - 1);
        }

        _row = new CopyAxis(1, 0, 0);
        _inner = new CopyAxis(1, 0, 0);
        if (merged.Count > 0)
        {
            _inner = merged[^1];
            merged.RemoveAt(merged.Count - 1);
            int row = IsScalarSize(_element) ? merged.FindIndex(a => a.Source == _element) : -1;
            if (row >= 0 && _inner.Target == _element)
            {
                _row = merged[row];
                merged.RemoveAt(row);
            }
        }

        bool transposes = _row.Count > 1;
        _tileColumns = Math.Max(1, _inner.Count);
        if (transposes)
        {
            int tile = TileBytes / _element;
            // A multiple of what is transposed at once.
            int columns = Math.Max(tile / Math.Min(_row.Count, TileRowBytes / _element), TransposedBlocks.Columns) / TransposedBlocks.Columns * TransposedBlocks.Columns;
            _tileColumns = Math.Min(_tileColumns, columns);
            _tileRows = tile / _tileColumns;
        }
        else _tileRows = Math.Max(1, PieceBytes / Math.Max(1, _element));

        _rowTiles = ((transposes ? _row.Count : _inner.Count) + _tileRows - 1) / _tileRows;
        // Threads share the columns, whose elements follow each other in the source as other threads' do in what was computed before.
        _columnTiles = transposes ? (_inner.Count + _tileColumns - 1) / _tileColumns : 1;
        _tiles = checked(_rowTiles * _columnTiles);
        _outer = [.. merged];
        _outerItems = empty ? 0 : checked(_outer.Aggregate(1, (n, a) => n * a.Count) * _tiles);
        _bytes = empty ? 0 : (nint)_outerItems / _tiles * _row.Count * _inner.Count * _element;
    }

    /// <summary>How the elements move: <c>copy</c> (one block), <c>copy_runs_96</c> (bytes a run), <c>copy_strided_4</c>, <c>transpose_4</c>.</summary>
    public string Name =>
        _row.Count > 1 ? $"transpose_{_element}"
        : _inner.Count == 1 && _outer.Length == 0 ? "copy"
        : IsScalarSize(_element) ? $"copy_strided_{_element}" : $"copy_runs_{_element}";

    /// <summary>The transposition of a dense tensor: axis i of the target is axis <c>permutation[i]</c> of the source.</summary>
    public static StridedCopy Transpose(ReadOnlySpan<int> sourceDims, ReadOnlySpan<int> permutation, int elementBytes)
    {
        int rank = sourceDims.Length;
        Span<nint> source = stackalloc nint[rank];
        nint stride = elementBytes;
        for (int i = rank - 1; i >= 0; i--)
        {
            source[i] = stride;
            stride *= sourceDims[i];
        }

        var axes = new CopyAxis[rank];
        stride = elementBytes;
        for (int i = rank - 1; i >= 0; i--)
        {
            int dim = sourceDims[permutation[i]];
            axes[i] = new CopyAxis(dim, source[permutation[i]], stride);
            stride *= dim;
        }

        return new StridedCopy(axes, elementBytes);
    }

    /// <param name="source">The first element of the source.</param>
    /// <param name="target">The first element of the target; the two must not overlap.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(byte* source, byte* target, WorkerPool pool)
    {
        if (_outerItems == 0) return;
        int chunks = Grain.Chunks(_bytes, _outerItems, pool.Threads);
        var job = new Job(this, source, target, chunks);
        pool.Run(ref job, chunks);
    }

    /// <summary>Bytes that it copies.</summary>
    public nint Bytes => _bytes;

    /// <summary>Whether the target's outermost axis has <paramref name="rows"/> elements, or its only one so many equal parts, some of which can be copied by themselves.</summary>
    public bool TakesRows(int rows) => _outer.Length > 0 ? _outer[0].Count == rows && _outer[0].Target * rows == _bytes : _row.Count == 1 && _inner.Count % rows == 0;

    /// <summary>Copies some of those on the calling thread, where it <see cref="TakesRows"/>.</summary>
    /// <param name="source">The first element of the source.</param>
    /// <param name="target">The first element of the target.</param>
    /// <param name="rows">Elements of the axis.</param>
    /// <param name="first">The first one to be copied.</param>
    /// <param name="count">How many.</param>
    public void RunRows(byte* source, byte* target, int rows, int first, int count)
    {
        if (_outer.Length == 0)
        {
            int row = _inner.Count / rows;
            Strided(source + (nint)first * row * _inner.Source, target + (nint)first * row * _inner.Target, count * row);
            return;
        }

        int items = _outerItems / rows;
        if (items > 0) Range(source, target, first * items, (first + count) * items);
    }

    private static bool IsScalarSize(int bytes) => bytes is 1 or 2 or 4 or 8;

    private static List<CopyAxis> Merge(ReadOnlySpan<CopyAxis> axes, out bool empty)
    {
        empty = false;
        var list = new List<CopyAxis>();
        foreach (var a in axes)
        {
            empty |= a.Count == 0;
            if (a.Count != 1) list.Add(a);
        }

        // A stable order: axes of equal target stride do not occur in a valid copy.
        var sorted = list.OrderByDescending(a => Math.Abs(a.Target)).ToList();
        for (int i = sorted.Count - 2; i >= 0 && !empty; i--)
        {
            var (outer, inner) = (sorted[i], sorted[i + 1]);
            if (outer.Source != inner.Source * inner.Count || outer.Target != inner.Target * inner.Count) continue;
            sorted[i] = inner with { Count = checked(outer.Count * inner.Count) };
            sorted.RemoveAt(i + 1);
        }

        return sorted;
    }

    private void Range(byte* source, byte* target, int first, int end)
    {
        int* index = stackalloc int[MaxAxes];
        (int rest, int tile) = Math.DivRem(first, _tiles);
        (int columnTile, int rowTile) = Math.DivRem(tile, _rowTiles);
        for (int a = _outer.Length - 1; a >= 0; a--)
        {
            index[a] = rest % _outer[a].Count;
            rest /= _outer[a].Count;
            source += index[a] * _outer[a].Source;
            target += index[a] * _outer[a].Target;
        }

        for (int item = first; item < end; item++)
        {
            if (IsOfPairs)
            {
                // As many as the innermost of these axes has left.
                CopyAxis axis = _outer[^1];
                int times = Math.Min(end - item, axis.Count - index[_outer.Length - 1]), last = times - 1;
                Pairs(source, target, times);
                source += last * axis.Source;
                target += last * axis.Target;
                index[_outer.Length - 1] += last;
                item += last;
            }
            else Block(source, target, rowTile * _tileRows, columnTile * _tileColumns);
            if (++rowTile < _rowTiles) continue;
            rowTile = 0;
            if (++columnTile < _columnTiles) continue;
            columnTile = 0;
            for (int a = _outer.Length - 1; a >= 0; a--)
            {
                source += _outer[a].Source;
                target += _outer[a].Target;
                if (++index[a] < _outer[a].Count) break;
                source -= _outer[a].Source * _outer[a].Count;
                target -= _outer[a].Target * _outer[a].Count;
                index[a] = 0;
            }
        }
    }

    /// <summary>Two short planes are interleaved for each item.</summary>
    private bool IsOfPairs => _row.Count > 1 && _inner.Count == 2 && _tiles == 1 && _outer.Length > 0 && _row.Target == 2 * _element;

    private void Pairs(byte* source, byte* target, int times)
    {
        CopyAxis axis = _outer[^1];
        switch (_element)
        {
            case 1: Planes.InterleaveEach<byte>(source, _inner.Source, target, _row.Count, times, axis.Source, axis.Target); break;
            case 2: Planes.InterleaveEach<ushort>(source, _inner.Source, target, _row.Count, times, axis.Source, axis.Target); break;
            case 4: Planes.InterleaveEach<uint>(source, _inner.Source, target, _row.Count, times, axis.Source, axis.Target); break;
            default: Planes.InterleaveEach<ulong>(source, _inner.Source, target, _row.Count, times, axis.Source, axis.Target); break;
        }
    }

    private void Block(byte* source, byte* target, int row, int column)
    {
        if (_row.Count > 1)
        {
            int rows = Math.Min(_tileRows, _row.Count - row), columns = Math.Min(_tileColumns, _inner.Count - column);
            source += row * _row.Source + column * _inner.Source;
            target += row * _row.Target + column * _inner.Target;
            switch (_element)
            {
                case 1: StridedLoops.Transpose<byte>(source, target, rows, columns, _inner.Source, _row.Target); break;
                case 2: StridedLoops.Transpose<ushort>(source, target, rows, columns, _inner.Source, _row.Target); break;
                case 4: StridedLoops.Transpose<uint>(source, target, rows, columns, _inner.Source, _row.Target); break;
                default: StridedLoops.Transpose<ulong>(source, target, rows, columns, _inner.Source, _row.Target); break;
            }

            return;
        }

        Strided(source + row * _inner.Source, target + row * _inner.Target, Math.Min(_tileRows, _inner.Count - row));
    }

    private void Strided(byte* source, byte* target, int count)
    {
        switch (_element)
        {
            case 1: StridedLoops.Copy<byte>(source, target, count, _inner.Source, _inner.Target); break;
            case 2: StridedLoops.Copy<ushort>(source, target, count, _inner.Source, _inner.Target); break;
            case 4: StridedLoops.Copy<uint>(source, target, count, _inner.Source, _inner.Target); break;
            case 8: StridedLoops.Copy<ulong>(source, target, count, _inner.Source, _inner.Target); break;
            default: Runs.Copy(source, _inner.Source, target, _inner.Target, count, _element); break;
        }
    }

    private readonly struct Job(StridedCopy copy, byte* source, byte* target, int chunks) : IParallelJob
    {
        public void Execute(int chunk) =>
            copy.Range(source, target, Grain.Start(copy._outerItems, chunk, chunks), Grain.Start(copy._outerItems, chunk + 1, chunks));
    }
}
