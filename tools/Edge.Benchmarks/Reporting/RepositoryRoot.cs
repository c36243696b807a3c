namespace Edge.Benchmarks.Reporting;

/// <summary>The repository that this program was built from.</summary>
internal static class RepositoryRoot
{
    /// <exception cref="IOException">Neither the current folder nor the program's lies in a repository.</exception>
    public static string Find() => Above(Environment.CurrentDirectory) ?? Above(AppContext.BaseDirectory) ?? throw new IOException("run this inside the repository: no Edge.sln above the current folder");

    private static string? Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Edge.sln"))) return at.FullName;
        return null;
    }
}
