namespace Edge.Architecture.Tests;

/// <summary>A file of the repository: its path from the root, with '/', and its text.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The folder's path from the root; empty for the root.</summary>
    public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('/')] : "";

    /// <summary>The top-level folder; empty for a file in the root.</summary>
    public string Area => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.IndexOf('/', StringComparison.Ordinal)] : "";
}

/// <summary>The files that the rules look at: those of the repository, or fabricated ones that a rule must object to.</summary>
internal sealed class SourceTree(params IReadOnlyList<SourceFile> files)
{
    private static readonly string[] TextExtensions = [".cs", ".csproj", ".props", ".targets", ".sln", ".json", ".md", ".sh", ".yml", ".html", ".css", ".js"];

    /// <summary>Folders of the product: all code but tests, and the tools.</summary>
    public static readonly string[] ProductAreas = ["runtime", "quantization", "devices", "apps"];

    public IReadOnlyList<SourceFile> Files { get; } = files;

    public IEnumerable<SourceFile> CSharp => Files.Where(file => file.Name.EndsWith(".cs", StringComparison.Ordinal));

    public IEnumerable<Project> Projects => Files.Where(file => file.Name.EndsWith(".csproj", StringComparison.Ordinal)).Select(Project.Parse);

    /// <summary>The project whose folder holds the file, or null.</summary>
    public Project? ProjectOf(SourceFile file) => Projects
        .Where(project => file.Path.StartsWith(project.File.Folder + "/", StringComparison.Ordinal))
        .MaxBy(project => project.File.Folder.Length);

    /// <summary>
    /// The repository that this test was built from. Names that .gitignore lists are left out; files that are not text by their
    /// extension are listed with an empty text.
    /// </summary>
    public static SourceTree OfRepository()
    {
        DirectoryInfo root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Edge.sln")))
            root = root.Parent ?? throw new DirectoryNotFoundException($"no Edge.sln above {AppContext.BaseDirectory}");
        string[] ignored = [".git", .. File.ReadAllLines(Path.Combine(root.FullName, ".gitignore")).Select(line => line.Trim().TrimEnd('/'))];
        return new SourceTree([.. Walk(root, ignored).Select(file => Load(root, file))]);
    }

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder, string[] ignored)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (ignored.Contains(entry.Name) || ignored.Contains("*" + entry.Extension)) continue;
            if (entry is FileInfo file) yield return file;
            else foreach (FileInfo below in Walk((DirectoryInfo)entry, ignored)) yield return below;
        }
    }

    private static SourceFile Load(DirectoryInfo root, FileInfo file) => new(
        Path.GetRelativePath(root.FullName, file.FullName).Replace('\\', '/'),
        TextExtensions.Contains(file.Extension) ? File.ReadAllText(file.FullName) : "");
}
