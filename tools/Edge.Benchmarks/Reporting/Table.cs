using System.Text;

namespace Edge.Benchmarks.Reporting;

/// <summary>Rows of text below headings; printed to the console row by row as they are measured.</summary>
/// <param name="title">What stands above it.</param>
/// <param name="columns">A heading and a width on the console each; all but the columns of negative width are set to the right.</param>
internal sealed class Table(string title, params (string Heading, int Width)[] columns)
{
    private readonly List<string[]> _rows = [];

    public int Count => _rows.Count;

    /// <summary>Prints the title and the headings.</summary>
    public Table Begin()
    {
        Console.WriteLine();
        Console.WriteLine(title);
        Console.WriteLine(Line([.. columns.Select(c => c.Heading)]));
        return this;
    }

    /// <summary>Adds and prints a row: one cell a column.</summary>
    public void Add(params string[] cells)
    {
        if (cells.Length != columns.Length) throw new ArgumentException($"{cells.Length} cells for {columns.Length} columns");
        _rows.Add(cells);
        Console.WriteLine(Line(cells));
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder($"## {title}\n\n");
        text.Append($"| {string.Join(" | ", columns.Select(c => c.Heading))} |\n|{string.Concat(columns.Select(c => c.Width < 0 ? "---|" : "--:|"))}\n");
        foreach (string[] row in _rows) text.Append($"| {string.Join(" | ", row.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |\n");
        return text.ToString();
    }

    private string Line(string[] cells) =>
        string.Concat(cells.Zip(columns, (cell, c) => c.Width < 0 ? cell.PadRight(-c.Width) + ' ' : cell.PadLeft(c.Width) + ' ')).TrimEnd();
}
