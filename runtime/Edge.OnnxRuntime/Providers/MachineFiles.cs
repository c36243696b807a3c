namespace Edge.OnnxRuntime.Providers;

/// <summary>
/// Looks for shared libraries and device files without opening them. Given a root other than <c>/</c> it looks there:
/// that is how tests stand in for machines.
/// </summary>
public sealed class MachineFiles
{
    private static readonly string[] s_libraryFolders =
    [
        "/lib", "/usr/lib", "/usr/local/lib", "/lib64", "/usr/lib64",
        "/lib/*-linux-gnu", "/usr/lib/*-linux-gnu", "/usr/lib/*-linux-gnu/nvidia", "/usr/lib/*-linux-gnu/tegra", "/usr/lib/wsl/lib",
        "/usr/local/cuda*/lib64", "/usr/local/cuda*/targets/*/lib", "/opt/intel/openvino*/runtime/lib/*", "/run/opengl-driver/lib",
    ];

    private readonly string _root;
    private readonly Lazy<string[]> _folders;

    /// <param name="root">What stands for <c>/</c>.</param>
    /// <param name="libraryFolders">Folders to search first, as the loader would: <c>LD_LIBRARY_PATH</c>.</param>
    public MachineFiles(string root = "/", IReadOnlyList<string>? libraryFolders = null)
    {
        _root = root;
        _folders = new Lazy<string[]>(() => [.. (libraryFolders ?? []).Concat(s_libraryFolders.Concat(ConfiguredFolders()).SelectMany(Match)).Distinct()]);
    }

    /// <summary>This machine.</summary>
    public static MachineFiles Local { get; } = new("/", (Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Files and folders that fit a pattern with <c>*</c> in any of its parts.</summary>
    /// <param name="pattern">An absolute path.</param>
    public IEnumerable<string> Match(string pattern)
    {
        IEnumerable<string> found = [_root];
        foreach (string part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
            found = part.Contains('*') ? found.SelectMany(f => Entries(f, part)) : found.Select(f => Path.Combine(f, part)).Where(Path.Exists);
        return found;
    }

    /// <summary>The library's file, in <paramref name="beside"/> or where the loader looks; null where there is none.</summary>
    /// <param name="name">Up to <c>.so</c>.</param>
    /// <param name="beside">A folder to look into first; null for none.</param>
    public string? FindLibrary(string name, string? beside) =>
        _folders.Value.Prepend(beside).OfType<string>().SelectMany(f => Entries(f, $"{name}.so*")).FirstOrDefault();

    /// <summary><c>12.4.127</c>, from the name of the file that a library's link leads to; null where it does not say.</summary>
    public static string? VersionOf(string library)
    {
        string name = Path.GetFileName(File.ResolveLinkTarget(library, returnFinalTarget: true)?.FullName ?? library);
        int so = name.IndexOf(".so.", StringComparison.Ordinal);
        return so < 0 ? null : name[(so + 4)..];
    }

    private static IEnumerable<string> Entries(string folder, string pattern)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder, pattern).Order(StringComparer.Ordinal) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>What <c>/etc/ld.so.conf</c> and <c>/etc/ld.so.conf.d</c> add.</summary>
    private IEnumerable<string> ConfiguredFolders()
    {
        foreach (string file in Match("/etc/ld.so.conf").Concat(Match("/etc/ld.so.conf.d/*.conf")))
        {
            string[] lines;
            try
            {
                lines = File.ReadAllLines(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            foreach (string line in lines.Select(l => l.Trim()).Where(l => l.StartsWith('/'))) yield return line;
        }
    }
}
