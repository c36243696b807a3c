using System.Text.RegularExpressions;

namespace Edge.Architecture.Tests;

/// <summary>Project references, packages and the namespaces that code mentions, held to the dependency table.</summary>
internal static partial class DependencyRules
{
    private static readonly string[] OtherEngines = ["Microsoft.ML.OnnxRuntime"];

    public static IEnumerable<string> ProjectReferences(SourceTree tree) =>
        from project in tree.Projects
        from used in project.References
        where !DependencyTable.Allows(project.Name, project.File.Area, used)
        select $"{project.File.Path}: references {used}; {project.Name} may use {DependencyTable.Describe(project.Name)}";

    /// <summary>
    /// A project sees the namespaces of what its references reference, too: what it may not use must not be mentioned. Edge.Onnx
    /// may be, for its ModelException, by whoever may use the runtime: that is how every model is refused.
    /// </summary>
    public static IEnumerable<string> MentionedNamespaces(SourceTree tree)
    {
        Project[] projects = [.. tree.Projects];
        string[] names = [.. projects.Select(project => project.Name).Union(DependencyTable.Names)];
        foreach (Project project in projects)
        {
            IEnumerable<SourceFile> files = tree.CSharp.Where(file => file.Path.StartsWith(project.File.Folder + "/", StringComparison.Ordinal));
            foreach (SourceFile file in files)
            {
                foreach ((int line, string used) in Mentions(file, names))
                {
                    bool allowed = DependencyTable.Allows(project.Name, project.File.Area, used)
                        || used == "Edge.Onnx" && DependencyTable.Allows(project.Name, project.File.Area, "Edge.Runtime");
                    if (!allowed) yield return $"{file.Path}:{line}: mentions {used}; {project.Name} may use {DependencyTable.Describe(project.Name)}";
                }
            }
        }
    }

    /// <summary>Other engines stay out of the trimmed core: only their adapter, tools and tests reference them.</summary>
    public static IEnumerable<string> OtherEnginesAreOptional(SourceTree tree) =>
        from project in tree.Projects
        where SourceTree.ProductAreas.Contains(project.File.Area) && project.Name != "Edge.OnnxRuntime"
        from package in project.Packages
        where OtherEngines.Any(engine => package.StartsWith(engine, StringComparison.Ordinal))
        select $"{project.File.Path}: references the package {package}; only Edge.OnnxRuntime may";

    /// <summary>Each project has its place, its name and an entry in the solution.</summary>
    public static IEnumerable<string> ProjectsHaveTheirPlace(SourceTree tree)
    {
        string solution = string.Concat(tree.Files.Where(file => file.Path == "Edge.sln").Select(file => file.Text)).Replace('\\', '/');
        foreach (Project project in tree.Projects)
        {
            string path = project.File.Path;
            if (path != $"{project.File.Area}/{project.Name}/{project.Name}.csproj")
                yield return $"{path}: a project lies in AREA/NAME/NAME.csproj";
            string? area = DependencyTable.AreaOf(project.Name);
            if (area is null && SourceTree.ProductAreas.Contains(project.File.Area)) yield return $"{path}: {project.Name} is not in the dependency table";
            if (area is not null && area != project.File.Area) yield return $"{path}: {project.Name} belongs in {area}/";
            if (!solution.Contains($"\"{path}\"", StringComparison.Ordinal)) yield return $"{path}: is not in Edge.sln";
        }
    }

    /// <summary>The projects whose namespaces a file mentions, each at its first line.</summary>
    private static IEnumerable<(int Line, string Project)> Mentions(SourceFile file, string[] names)
    {
        HashSet<string> seen = [];
        foreach ((int number, string text) in CSharpText.Lines(file.Text))
        {
            foreach (Match mention in DottedName().Matches(text))
            {
                string? project = names.Where(name => (mention.Value + ".").StartsWith(name + ".", StringComparison.Ordinal)).MaxBy(name => name.Length);
                if (project is not null && seen.Add(project)) yield return (number, project);
            }
        }
    }

    [GeneratedRegex(@"(?<![\w.])(?:Edge|ModelFactory)(?:\.\w+)*")]
    private static partial Regex DottedName();
}
