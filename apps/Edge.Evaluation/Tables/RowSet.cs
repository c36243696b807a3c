using System.Globalization;
using Edge.Evaluation.Samples;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Evaluation.Tables;

/// <summary>
/// Samples from the numeric columns of tables: each row one, where a row has as many numbers as the model's input; else windows
/// of rows, for inputs [rows, columns], [columns, rows] or, of one column, [rows].
/// </summary>
internal sealed class RowSet : ISampleSet
{
    private readonly IReadOnlyList<TextTable> _tables;
    private readonly List<(int Table, int Start)> _windows = [];
    private readonly int[] _columns;
    private readonly int _rows;
    private readonly bool _columnsFirst;
    private readonly Tensor[] _input;

    /// <param name="tables">All with the same columns.</param>
    /// <param name="without">Columns that are no input: labels.</param>
    /// <param name="options">Windows.</param>
    /// <param name="inputs">The model's.</param>
    /// <exception cref="DataException">Tables and model do not suit each other.</exception>
    public RowSet(IReadOnlyList<TextTable> tables, IReadOnlyCollection<int> without, DataOptions options, IReadOnlyList<TensorInfo> inputs)
    {
        _tables = tables;
        TextTable first = tables[0];
        if (tables.FirstOrDefault(t => !t.Columns.SequenceEqual(first.Columns)) is { } other) throw new DataException($"{other.Path}: other columns than in {first.Path}");
        _columns = [.. Enumerable.Range(0, first.Columns.Count).Where(c => !without.Contains(c) && tables.All(t => t.IsNumeric(c)))];
        if (inputs.Count != 1 || inputs[0] is not { Type: DataType.Float32, Dimensions: { Count: > 0 } dims })
            throw new DataException($"{first.Path}: tables feed models with one float input; this one has {string.Join("; ", inputs)}");
        (_rows, _columnsFirst, Shape shape) = Layout(inputs[0], dims, options.Window, first);
        _input = [Tensor.Create<float>(shape)];
        int stride = options.Stride ?? _rows;
        for (int t = 0; t < tables.Count; t++)
            for (int start = 0; start + _rows <= tables[t].Rows.Count; start += stride) _windows.Add((t, start));
        if (_windows.Count == 0) throw new DataException($"{first.Path}: {first.Rows.Count} rows do not fill a window of {_rows}");
    }

    public int Count => _windows.Count;

    public bool ReadsAnywhere => true;

    public string Name(int index) => _rows == 1 ? $"{_tables[_windows[index].Table].Path} row {_windows[index].Start}" : $"{_tables[_windows[index].Table].Path} rows {_windows[index].Start}–{Last(index).Row}";

    /// <summary>The last row of a sample, whose label is the sample's.</summary>
    public (TextTable Table, int Row) Last(int index) => (_tables[_windows[index].Table], _windows[index].Start + _rows - 1);

    public IReadOnlyList<Tensor> Read(int index)
    {
        (int table, int start) = _windows[index];
        Span<float> to = _input[0].AsSpan<float>();
        for (int r = 0; r < _rows; r++)
        {
            string[] row = _tables[table].Rows[start + r];
            for (int c = 0; c < _columns.Length; c++)
            {
                string field = row[_columns[c]];
                if (!float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float value))
                    throw new DataException($"{_tables[table].Path}: row {start + r} has no number in column '{_tables[table].Columns[_columns[c]]}'");
                to[_columnsFirst ? (c * _rows) + r : (r * _columns.Length) + c] = value;
            }
        }
        return _input;
    }

    private (int Rows, bool ColumnsFirst, Shape Shape) Layout(TensorInfo input, IReadOnlyList<Dimension> dims, int? window, TextTable table)
    {
        int n = _columns.Length;
        // The leading dimension is the batch where there are others behind it.
        int[] sizes = [.. dims.Select((d, axis) => axis == 0 && dims.Count > 1 && (!d.IsFixed || d.Size == 1) ? 1 : d.Size)];
        int[] wide = [.. Enumerable.Range(0, sizes.Length).Where(a => sizes[a] != 1)];
        if (wide.Length <= 1 && sizes.Aggregate(1, (p, s) => p * s) == n) return (1, false, new Shape(sizes));
        int Rows(int axis) => sizes[axis] > 0 ? sizes[axis] : window ?? throw new DataException($"input {input} leaves the rows of a window open: give its length");
        Shape With(int axis, int rows) => new([.. sizes.Select((s, a) => a == axis ? rows : s < 0 ? n : s)]);
        if (wide.Length == 1 && n == 1) return (Rows(wide[0]), false, With(wide[0], Rows(wide[0])));
        if (wide.Length == 2 && (sizes[wide[1]] == n || sizes[wide[1]] < 0 && sizes[wide[0]] != n)) return (Rows(wide[0]), false, With(wide[0], Rows(wide[0])));
        if (wide.Length == 2 && sizes[wide[0]] == n) return (Rows(wide[1]), true, With(wide[1], Rows(wide[1])));
        throw new DataException($"{table.Path}: {n} numeric columns ({string.Join(", ", _columns.Take(8).Select(c => table.Columns[c]))}{(n > 8 ? ", …" : "")}) do not suit input {input}; name the label's column if it is among them");
    }
}
