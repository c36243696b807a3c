using System.Text;

namespace Edge.Evaluation.Tables;

/// <summary>
/// A table in a text file: a header and rows, separated by commas, semicolons or tabs (whichever the header has most of),
/// fields quoted as in RFC 4180 where they need it. A table without a header gets columns 0, 1, 2, …
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">Fields, one a column.</param>
internal sealed record TextTable(string Path, IReadOnlyList<string> Columns, IReadOnlyList<string[]> Rows)
{
    /// <summary>What columns of labels are usually called.</summary>
    private static readonly string[] s_labelNames = ["label", "labels", "class", "class_id", "class_index", "category", "target", "y", "anomaly"];

    private const long MaxBytes = 1L << 28;

    public static bool IsTable(string path) => System.IO.Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".tsv";

    /// <exception cref="DataException">No such file, or rows of other lengths than the header; the message names file and line.</exception>
    public static TextTable Read(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes }) throw new DataException($"{path}: tables of more than {MaxBytes} bytes are not read");
            text = File.ReadAllText(path, Encoding.UTF8);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"{path}: no such file", e);
        }
        string first = text.Split('\n', 2)[0];
        char separator = ((char[])[',', ';', '\t']).MaxBy(s => first.Count(c => c == s));
        var rows = new List<string[]>();
        int line = 0;
        foreach (string row in text.Split('\n'))
        {
            line++;
            if (row.AsSpan().Trim().IsEmpty) continue;
            string[] fields = Fields(row.TrimEnd('\r'), separator);
            if (rows.Count > 0 && fields.Length != rows[0].Length) throw new DataException($"{path}: line {line} has {fields.Length} fields, where the first has {rows[0].Length}");
            rows.Add(fields);
        }
        if (rows.Count == 0) throw new DataException($"{path}: the table is empty");
        bool header = !rows[0].Any(f => Number.TryParse(f, out _));
        return header ? new TextTable(path, rows[0], rows[1..]) : new TextTable(path, [.. Enumerable.Range(0, rows[0].Length).Select(i => $"{i}")], rows);
    }

    /// <summary>The position of a column; −1 where there is none of that name.</summary>
    public int Find(string name)
    {
        for (int i = 0; i < Columns.Count; i++)
            if (string.Equals(Columns[i], name, StringComparison.OrdinalIgnoreCase)) return i;
        return -1;
    }

    /// <summary>The column of labels: the one asked for, else the first that is called as such columns are; −1 where there is none.</summary>
    /// <exception cref="DataException">The column that was asked for is not there.</exception>
    public int LabelColumn(string? asked)
    {
        if (asked is null) return s_labelNames.Select(Find).FirstOrDefault(i => i >= 0, -1);
        int column = Find(asked);
        return column >= 0 ? column : throw new DataException($"{Path}: there is no column '{asked}'; there are {string.Join(", ", Columns)}");
    }

    /// <summary>Why the table has no labels, where <see cref="LabelColumn"/> finds none.</summary>
    public string WithoutLabels => $"none of its columns ({string.Join(", ", Columns)}) is called label, class, target or the like; --label-column names the one that is meant";

    public bool IsNumeric(int column) => Rows.Count > 0 && Rows.All(r => r[column].Length == 0 || Number.TryParse(r[column], out _));

    private static string[] Fields(string row, char separator)
    {
        if (!row.Contains('"', StringComparison.Ordinal)) return [.. row.Split(separator).Select(f => f.Trim())];
        var fields = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < row.Length; i++)
        {
            char c = row[i];
            if (quoted && c == '"' && i + 1 < row.Length && row[i + 1] == '"') field.Append(row[++i]);
            else if (c == '"') quoted = !quoted;
            else if (c == separator && !quoted)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else field.Append(c);
        }
        return [.. fields, field.ToString().Trim()];
    }
}
