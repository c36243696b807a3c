using Edge.Evaluation.Tables;

namespace Edge.Evaluation.Layouts;

/// <summary>Recognizes how data is arranged.</summary>
internal static class DataLayouts
{
    /// <summary>What people are told who brought something else.</summary>
    private const string Known = "folders of pictures or WAV files (one folder a class), pictures with a table, labels/*.txt, VOC .xml or masks/, .npy, .npz, and .csv";

    /// <exception cref="DataException">It is not there, or arranged in none of the ways that are known.</exception>
    public static DataLayout Of(string path, DataOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path)) return OfFile(path, options);
        if (!Directory.Exists(path)) throw new DataException($"{path}: no such folder");
        if (TableBeside(path) is { } table) return TableLayout.Of(table, options);
        FolderFiles files = FolderFiles.Of(path);
        if (files.Pictures.Count > 0) return PictureLayouts.Of(files, options);
        if (files.Waves.Count > 0) return WaveLayout.Of(files, options);
        if (files.Arrays.Count > 0) return ArrayLayout.Of(path);
        if (files.Tables.Count > 0) return TableLayout.OfSeries(path, files.Tables, options);
        // The message that pictures get, who are what most people have.
        Imaging.Sources.PictureFiles.Find([path]);
        throw new DataException($"{path}: nothing that is read as data; that are {Known}");
    }

    private static DataLayout OfFile(string path, DataOptions options)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        if (extension is ".npy" or ".npz") return ArrayLayout.Of(path);
        if (extension is ".wav") return WaveLayout.Of(new FolderFiles(Path.GetDirectoryName(Path.GetFullPath(path))!, [], [path], [], []), options);
        if (TextTable.IsTable(path)) return TableLayout.Of(path, options);
        throw new DataException($"{path}: '{extension}' is not read as data; that are {Known}");
    }

    /// <summary>The one table in a folder of other things.</summary>
    private static string? TableBeside(string folder)
    {
        string[] tables = [.. Directory.EnumerateFiles(folder).Where(TextTable.IsTable)];
        return tables.Length == 1 && TableLayout.NamesFiles(tables[0]) ? tables[0] : null;
    }
}
