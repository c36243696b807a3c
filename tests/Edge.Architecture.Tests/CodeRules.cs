using System.Reflection;
using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;

namespace Edge.Architecture.Tests;

/// <summary>Rules on single files: where unsafe code and instruction set checks may be, namespaces, length, nothing unfinished, how loops are compiled.</summary>
internal static partial class CodeRules
{
    public const int MaxLines = 500;

    /// <summary>Projects that may have unsafe code: tensors, kernels, executors over them, and what maps files or calls native code.</summary>
    private static readonly string[] Unsafe =
        ["Edge.Tensors", "Edge.Onnx", "Edge.Kernels", "Edge.Runtime", "Edge.OnnxRuntime", "Edge.Imaging", "Edge.Devices.Linux", "Edge.Training", "Edge.Benchmarks"];

    /// <summary>Says how loops over vectors are compiled.</summary>
    private const string LoopOptions = "runtime/Edge.Kernels/Compile.cs";

    /// <summary>Files that may exceed <see cref="MaxLines"/>, each with its reason.</summary>
    private static readonly Dictionary<string, string> LongFiles = [];

    /// <summary>
    /// Folders that group files of their parent's namespace. A namespace that is called Avx2 or Vector128 would hide the class of
    /// that name from all code beside it.
    /// </summary>
    private static readonly string[] GroupingFolders =
    [
        .. new[] { "Scalar", "Vector128", "Avx2", "AvxVnni", "Avx512", "Avx512Vnni", "Neon", "DotProd", "I8mm" }.Select(isa => $"runtime/Edge.Kernels/Isa/{isa}"),
    ];

    private static readonly string[] MeasuredExtensions = [".cs", ".csproj", ".props", ".targets", ".sh", ".md", ".html", ".css", ".js"];

    private static readonly HashSet<string> IntrinsicClasses =
    [
        .. typeof(Vector128).Assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith("System.Runtime.Intrinsics", StringComparison.Ordinal) == true)
            .Where(type => type.GetProperty("IsSupported", BindingFlags.Public | BindingFlags.Static) is not null)
            .Select(type => type.Name),
    ];

    public static IEnumerable<string> UnsafeCodeIsConfined(SourceTree tree)
    {
        foreach (Project project in tree.Projects)
        {
            if (project.Properties.ContainsKey("AllowUnsafeBlocks") && project.File.Area != "tests" && !Unsafe.Contains(project.Name))
                yield return $"{project.File.Path}: has AllowUnsafeBlocks; only {string.Join(", ", Unsafe)} may";
        }
        foreach (SourceFile props in tree.Files.Where(file => file.Name is "Directory.Build.props" or "Directory.Build.targets" && file.Area != "tests"))
        {
            if (props.Text.Contains("AllowUnsafeBlocks", StringComparison.Ordinal))
                yield return $"{props.Path}: has AllowUnsafeBlocks, which would hold for every project";
        }
        foreach (SourceFile file in tree.CSharp.Where(file => file.Path.StartsWith("runtime/Edge.Onnx/", StringComparison.Ordinal) && file.Name != "MappedFile.cs"))
        {
            foreach ((int line, string text) in CSharpText.Lines(file.Text))
            {
                if (UnsafeKeyword().IsMatch(text)) yield return $"{file.Path}:{line}: has unsafe code; in Edge.Onnx only MappedFile.cs may";
            }
        }
    }

    /// <summary>One dispatch point: the processor is asked under Edge.Kernels/Isa and in KernelCatalog only. Tests may ask, too.</summary>
    public static IEnumerable<string> InstructionSetsAreAskedForInOnePlace(SourceTree tree)
    {
        foreach (SourceFile file in tree.CSharp)
        {
            bool allowed = file.Area == "tests"
                || file.Path.StartsWith("runtime/Edge.Kernels/Isa/", StringComparison.Ordinal)
                || file.Path.StartsWith("runtime/Edge.Kernels/KernelCatalog", StringComparison.Ordinal);
            if (allowed) continue;
            foreach ((int line, string text) in CSharpText.Lines(file.Text))
            {
                foreach (Match check in Check().Matches(text))
                {
                    if (check.Groups["what"].Value == "IsHardwareAccelerated" || IntrinsicClasses.Contains(check.Groups["class"].Value))
                        yield return $"{file.Path}:{line}: asks {check.Value}; only runtime/Edge.Kernels/Isa/ and KernelCatalog may";
                }
            }
        }
    }

    public static IEnumerable<string> NamespacesAreFolders(SourceTree tree)
    {
        foreach (SourceFile file in tree.CSharp.Where(file => file.Area is "tools" || SourceTree.ProductAreas.Contains(file.Area)))
        {
            if (tree.ProjectOf(file) is not { } project)
            {
                yield return $"{file.Path}: belongs to no project";
                continue;
            }
            string folder = GroupingFolders.Contains(file.Folder) ? Path.GetDirectoryName(file.Folder)!.Replace('\\', '/') : file.Folder;
            string expected = project.Name + folder[project.File.Folder.Length..].Replace('/', '.');
            string code = CSharpText.CodeOf(file.Text);
            string[] declared = [.. Namespace().Matches(code).Select(match => match.Groups["name"].Value)];
            foreach (string name in declared.Where(name => name != expected))
                yield return $"{file.Path}: declares the namespace {name}; its folder says {expected}";
            if (declared.Length == 0 && TypeDeclaration().IsMatch(code))
                yield return $"{file.Path}: declares a type outside any namespace; its folder says {expected}";
        }
    }

    public static IEnumerable<string> FilesAreShort(SourceTree tree)
    {
        foreach (SourceFile file in tree.Files.Where(file => MeasuredExtensions.Contains(Path.GetExtension(file.Name))))
        {
            int lines = file.Text.Split('\n').Length - (file.Text.EndsWith('\n') ? 1 : 0);
            if (lines > MaxLines && !LongFiles.ContainsKey(file.Path))
                yield return $"{file.Path}: has {lines} lines; {MaxLines} are allowed (or name it, with its reason, in {nameof(LongFiles)})";
        }
        foreach (string listed in LongFiles.Keys.Where(path => tree.Files.All(file => file.Path != path)))
            yield return $"{listed}: is in {nameof(LongFiles)}, but does not exist";
    }

    public static IEnumerable<string> NothingIsUnfinished(SourceTree tree) =>
        from file in tree.CSharp
        where file.Folder != "tests/Edge.Architecture.Tests"
        from line in file.Text.Split('\n').Select((text, index) => (Text: text, Number: index + 1))
        let mark = Unfinished().Match(line.Text)
        where mark.Success
        select $"{file.Path}:{line.Number}: says {mark.Value}; finish it or leave it out";

    /// <summary>Inlined into a caller that is compiled again, a loop loses the functions that it is made of.</summary>
    public static IEnumerable<string> LoopsAreCompiledAlone(SourceTree tree) =>
        from file in tree.CSharp
        where file.Area == "runtime" && file.Path != LoopOptions
        from line in CSharpText.Lines(file.Text)
        where line.Text.Contains("MethodImplOptions.AggressiveOptimization", StringComparison.Ordinal)
        select $"{file.Path}:{line.Number}: says AggressiveOptimization; loops are compiled by themselves as well: Compile.Alone";

    public static IEnumerable<string> LibrariesAreAotCompatible(SourceTree tree) =>
        from project in tree.Projects
        where SourceTree.ProductAreas.Contains(project.File.Area)
        where !project.IsTrue("IsAotCompatible") && !project.IsTrue("PublishAot")
        select $"{project.File.Path}: is neither IsAotCompatible (a library) nor PublishAot (a program)";

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex UnsafeKeyword();

    [GeneratedRegex(@"\b(?<class>\w+)\s*\.\s*(?<what>IsSupported|IsHardwareAccelerated)\b")]
    private static partial Regex Check();

    [GeneratedRegex(@"^\s*namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^[\w\s]*\b(?:class|struct|interface|enum|record|delegate)\s+\w", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX|NotImplementedException)\b")]
    private static partial Regex Unfinished();
}
