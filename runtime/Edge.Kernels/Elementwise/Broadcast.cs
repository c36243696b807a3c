using System.Runtime.CompilerServices;
using Edge.Tensors;

namespace Edge.Kernels.Elementwise;

/// <summary>
/// How up to three dense operands are read so that, broadcast as in numpy, they fill a dense output: as rows that are
/// contiguous in the output, and in which each operand either advances by one element or stands still. Immutable.
/// </summary>
/// <remarks>
/// Axes of extent 1 are dropped, and neighbouring axes that every operand walks with one stride are merged: equal shapes
/// or a scalar give a single row, a vector along the last axis gives one row for each repetition.
/// </remarks>
public sealed class Broadcast
{
    /// <summary>Axes left after merging.</summary>
    private const int MaxRank = 16;

    private readonly nint[] _dims;
    private readonly nint[][] _strides;
    private readonly nint[] _rowStrides;

    private Broadcast(nint[] dims, nint[][] strides, nint rowLength, nint[] rowStrides)
    {
        _dims = dims;
        _strides = strides;
        RowLength = rowLength;
        _rowStrides = rowStrides;
        Rows = 1;
        foreach (nint d in dims) Rows *= d;
    }

    /// <summary>Rows of the output.</summary>
    public nint Rows { get; }

    /// <summary>Elements of a row of the output.</summary>
    public nint RowLength { get; }

    /// <summary>Elements of the output.</summary>
    public nint Count => Rows * RowLength;

    /// <summary>All operands are read straight through: they have the output's shape.</summary>
    public bool IsDense => Rows == 1 && Array.TrueForAll(_rowStrides, s => s == 1);

    /// <summary>How far operand <paramref name="operand"/> advances within a row: 0 or 1.</summary>
    internal nint RowStride(int operand) => _rowStrides[operand];

    /// <summary>The shape that the operands broadcast to.</summary>
    /// <returns>False where two extents differ and neither is 1.</returns>
    public static bool TryShape(ReadOnlySpan<Shape> operands, out Shape shape)
    {
        int rank = 0;
        foreach (var s in operands) rank = Math.Max(rank, s.Rank);
        var dims = new int[rank];
        Array.Fill(dims, 1);
        foreach (var s in operands)
            for (int i = 0, a = rank - s.Rank; i < s.Rank; i++, a++)
            {
                if (dims[a] == 1) dims[a] = s[i];
                else if (s[i] != 1 && s[i] != dims[a])
                {
                    shape = default;
                    return false;
                }
            }
        shape = new Shape(dims);
        return true;
    }

    /// <exception cref="ArgumentException">An operand does not broadcast to <paramref name="output"/>, or too many axes are left.</exception>
    public static Broadcast To(Shape output, params ReadOnlySpan<Shape> operands)
    {
        var dims = new List<nint>();
        var strides = new List<nint[]>();
        for (int a = output.Rank - 1; a >= 0; a--)
        {
            var s = new nint[operands.Length];
            for (int k = 0; k < s.Length; k++) s[k] = Stride(operands[k], output, a);
            if (output[a] == 1) continue;
            if (dims.Count > 0 && Continues(strides[^1], dims[^1], s)) dims[^1] *= output[a];
            else
            {
                dims.Add(output[a]);
                strides.Add(s);
            }
        }

        if (dims.Count == 0) return new Broadcast([], [], 1, new nint[operands.Length]);
        if (dims.Count > MaxRank) throw new ArgumentException($"broadcasting to {output} walks more than {MaxRank} axes");
        nint length = dims[0];
        var row = strides[0];
        dims.RemoveAt(0);
        strides.RemoveAt(0);
        dims.Reverse();
        strides.Reverse();
        return new Broadcast([.. dims], [.. strides], length, row);
    }

    /// <summary>
    /// The operand that repeats itself in every row while the other of two is read straight through; −1 if it is not so.
    /// </summary>
    internal int Periodic()
    {
        if (_dims.Length != 1 || _rowStrides.Length != 2 || _rowStrides[0] != 1 || _rowStrides[1] != 1) return -1;
        if (_strides[0][1] == 0 && _strides[0][0] == RowLength) return 1;
        return _strides[0][0] == 0 && _strides[0][1] == RowLength ? 0 : -1;
    }

    private static nint Stride(Shape operand, Shape output, int axis)
    {
        int a = axis - (output.Rank - operand.Rank);
        if (a < 0 || operand[a] == 1 && output[axis] != 1) return 0;
        if (operand[a] != output[axis] || operand.Rank > output.Rank)
            throw new ArgumentException($"shape {operand} does not broadcast to {output}");
        return operand.Product(a + 1, operand.Rank);
    }

    private static bool Continues(nint[] inner, nint innerDim, nint[] outer)
    {
        for (int k = 0; k < inner.Length; k++)
            if (outer[k] != inner[k] * innerDim) return false;
        return true;
    }

    /// <summary>Walks rows in order; offsets are in elements.</summary>
    internal struct Cursor
    {
        private readonly Broadcast _plan;
        private Axes _index;

        public Cursor(Broadcast plan, nint row)
        {
            _plan = plan;
            for (int a = plan._dims.Length - 1; a >= 0; a--)
            {
                nint i = row % plan._dims[a];
                row /= plan._dims[a];
                _index[a] = i;
                Advance(a, i);
            }
        }

        public nint Offset0 { get; private set; }

        public nint Offset1 { get; private set; }

        public nint Offset2 { get; private set; }

        public void Next()
        {
            for (int a = _plan._dims.Length - 1; a >= 0; a--)
            {
                if (++_index[a] < _plan._dims[a])
                {
                    Advance(a, 1);
                    return;
                }
                Advance(a, 1 - _plan._dims[a]);
                _index[a] = 0;
            }
        }

        private void Advance(int axis, nint steps)
        {
            nint[] s = _plan._strides[axis];
            Offset0 += steps * s[0];
            if (s.Length > 1) Offset1 += steps * s[1];
            if (s.Length > 2) Offset2 += steps * s[2];
        }

        [InlineArray(MaxRank)]
        private struct Axes
        {
            private nint _first;
        }
    }

    /// <summary>How the output is cut into chunks of work: whole rows where they are short, else pieces of a row.</summary>
    internal readonly struct Chunks
    {
        private readonly nint _rows;
        private readonly nint _piece;
        private readonly nint _piecesPerRow;
        private readonly nint _rowsPerChunk;
        private readonly nint _length;

        public Chunks(Broadcast plan, nint grain)
        {
            _rows = plan.Rows;
            _length = plan.RowLength;
            _piecesPerRow = _length >= 2 * grain ? (_length + grain - 1) / grain : 1;
            _piece = _piecesPerRow > 1 ? grain : _length;
            _rowsPerChunk = _piecesPerRow > 1 ? 1 : nint.Max(1, grain / nint.Max(1, _length));
            Count = _length == 0 ? 0 : (int)((_rows + _rowsPerChunk - 1) / _rowsPerChunk * _piecesPerRow);
        }

        public int Count { get; }

        /// <summary>Rows <c>[row, rowEnd)</c>, of each the elements <c>[first, first + length)</c>.</summary>
        public void Of(int chunk, out nint row, out nint rowEnd, out nint first, out nint length)
        {
            row = chunk / _piecesPerRow * _rowsPerChunk;
            rowEnd = nint.Min(_rows, row + _rowsPerChunk);
            first = chunk % _piecesPerRow * _piece;
            length = nint.Min(_piece, _length - first);
        }
    }
}
