using Edge.Runtime.Caching;

namespace Edge.Runtime.Tuning;

/// <summary>
/// A file that remembers what was measured. What it loses is measured again: a file that cannot be read or written is told
/// about and does no further harm.
/// </summary>
/// <param name="path">The file; null to remember nothing.</param>
/// <param name="log">Told what is wrong with it, a line each.</param>
internal sealed class TuningFile(string? path, Action<string>? log)
{
    /// <summary><c>edge/convolutions.tsv</c> in the user's cache folder; null where there is none.</summary>
    public static string? DefaultPath => UserCache.PathOf("convolutions.tsv");

    public MethodTable Read()
    {
        try
        {
            if (path is null || !File.Exists(path)) return new MethodTable();
            if (new FileInfo(path).Length > MethodTable.MostBytes) throw new FormatException($"it is longer than {MethodTable.MostBytes} bytes");
            using var text = File.OpenText(path);
            return MethodTable.Parse(text);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            log?.Invoke($"{path}: remembered measurements cannot be read and are made again: {e.Message}");
            return new MethodTable();
        }
    }

    /// <summary>Adds to the file; what other processes wrote since is kept. Written beside and renamed.</summary>
    public void Add(MethodTable measured)
    {
        if (path is null || measured.Count == 0) return;
        var all = new TuningFile(path, null).Read();
        all.Merge(measured);
        string partial = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():n}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (var text = new StreamWriter(partial)) all.Write(text);
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log?.Invoke($"{path}: what was measured cannot be remembered: {e.Message}");
        }
    }
}
