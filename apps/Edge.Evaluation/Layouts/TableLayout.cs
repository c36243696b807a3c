using Edge.Evaluation.Samples;
using Edge.Evaluation.Tables;
using Edge.Evaluation.Truths;
using Edge.Imaging.Preprocessing;

namespace Edge.Evaluation.Layouts;

/// <summary>Tables: of files with their labels, or of the numbers themselves. Columns that are neither are slices.</summary>
internal static class TableLayout
{
    /// <summary>A column with more values than this divides samples into nothing that could be looked at.</summary>
    private const int MostSlices = 64;

    public static bool NamesFiles(string path) => FileColumn(TextTable.Read(path)) >= 0;

    public static DataLayout Of(string path, DataOptions options)
    {
        TextTable table = TextTable.Read(path);
        int files = FileColumn(table);
        return files < 0 ? OfSeries(path, [path], options) : OfFiles(table, files, options);
    }

    /// <summary>Tables of numbers.</summary>
    public static DataLayout OfSeries(string description, IReadOnlyList<string> paths, DataOptions options) => new(description, null, inputs =>
    {
        TextTable[] tables = [.. paths.Select(TextTable.Read)];
        int label = tables[0].LabelColumn(options.LabelColumn);
        var set = new RowSet(tables, label < 0 ? [] : [label], options, inputs);
        (TextTable Table, int Row)[] last = [.. Enumerable.Range(0, set.Count).Select(set.Last)];
        string[] Values(int column) => [.. last.Select(l => l.Table.Rows[l.Row][column])];
        var slices = Enumerable.Range(0, tables[0].Columns.Count).Where(c => c != label && tables.Any(t => !t.IsNumeric(c))).Select(c => new SliceColumn(tables[0].Columns[c], Values(c))).ToList();
        if (tables.Length > 1) slices.Add(new SliceColumn("file", [.. last.Select(l => Path.GetFileName(l.Table.Path))]));
        return new FittedData(set, () => label < 0 ? null : new TextTruth(Values(label), $"column '{tables[0].Columns[label]}'"), [.. slices.Where(Divides)])
        {
            Unlabelled = label < 0 ? tables[0].WithoutLabels : null,
        };
    });

    private static DataLayout OfFiles(TextTable table, int fileColumn, DataOptions options)
    {
        int label = table.LabelColumn(options.LabelColumn);
        string folder = Path.GetDirectoryName(table.Path)!;
        string[] files = [.. table.Rows.Select(r => Path.Combine(folder, r[fileColumn]))];
        if (files.FirstOrDefault(f => !File.Exists(f)) is { } absent) throw new DataException($"{table.Path}: {absent}: no such file");
        bool waves = files.All(f => Path.GetExtension(f).Equals(".wav", StringComparison.OrdinalIgnoreCase));
        string[] Values(int column) => [.. table.Rows.Select(r => r[column])];
        SliceColumn[] slices = [.. Enumerable.Range(0, table.Columns.Count).Where(c => c != label && c != fileColumn).Select(c => new SliceColumn(table.Columns[c], Values(c)))];
        return new DataLayout($"{table.Path} ({files.Length} {(waves ? "recordings" : "pictures")})", waves ? null : files.Length, inputs =>
        {
            ISampleSet set = waves ? new WaveSet(files, options, inputs) : new PictureSet(files, options.Preprocess ?? new PreprocessOptions(), inputs);
            int[] row = [.. Enumerable.Range(0, set.Count).Select(i => set is WaveSet w ? w.FileOf(i) : i)];
            string[] Of(IReadOnlyList<string> values) => [.. row.Select(i => values[i])];
            return new FittedData(
                set,
                () => label < 0 ? null : new TextTruth(Of(Values(label)), $"column '{table.Columns[label]}' of {table.Path}"),
                [.. slices.Select(s => new SliceColumn(s.Name, Of(s.Values))).Where(Divides)])
            {
                Unlabelled = label < 0 ? table.WithoutLabels : null,
            };
        });
    }

    /// <summary>The column whose fields are files, seen from the table's folder; −1 where there is none.</summary>
    private static int FileColumn(TextTable table)
    {
        if (table.Rows.Count == 0) return -1;
        string folder = Path.GetDirectoryName(table.Path)!;
        return Array.FindIndex(table.Rows[0], f => f.Length > 0 && Path.HasExtension(f) && File.Exists(Path.Combine(folder, f)));
    }

    private static bool Divides(SliceColumn column) => column.Values.Distinct().Take(MostSlices + 1).Count() is > 1 and <= MostSlices;
}
