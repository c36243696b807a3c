namespace Edge.Architecture.Tests;

/// <summary>The top level of the repository is fixed.</summary>
internal static class LayoutRules
{
    private static readonly string[] Folders = [.. SourceTree.ProductAreas, "tests", "tools", "docs", ".ci", ".github", ".config"];

    private static readonly string[] RootFiles =
    [
        "Edge.sln", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", "NOTICE", "THIRD-PARTY-NOTICES.md",
        "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "nuget.config", ".editorconfig", ".gitignore", ".gitattributes",
    ];

    public static IEnumerable<string> TopLevelIsFixed(SourceTree tree)
    {
        foreach (string folder in tree.Files.Select(file => file.Area).Where(area => area.Length != 0).Distinct())
        {
            if (!Folders.Contains(folder)) yield return $"{folder}/: the top level has {string.Join(", ", Folders)} only";
        }
        foreach (SourceFile file in tree.Files.Where(file => file.Area.Length == 0))
        {
            if (!RootFiles.Contains(file.Path)) yield return $"{file.Path}: the top level has {string.Join(", ", RootFiles)} only";
        }
    }
}
