using Xunit;

namespace Edge.Architecture.Tests;

/// <summary>Each rule objects to a fabricated violation, names the file, and lets the sound neighbour pass.</summary>
public sealed class RuleTests
{
    [Fact]
    public void A_reference_against_the_table_is_found()
    {
        Catches(DependencyRules.ProjectReferences, "devices/Edge.Devices/Edge.Devices.csproj: references Edge.Tensors; Edge.Devices may use nothing of ours",
            Project("devices", "Edge.Devices", "Edge.Tensors"));
        Catches(DependencyRules.ProjectReferences, "runtime/Edge.Kernels/Edge.Kernels.csproj: references Edge.Runtime; Edge.Kernels may use Edge.Tensors",
            Project("runtime", "Edge.Kernels", "Edge.Tensors", "Edge.Runtime"));
        Catches(DependencyRules.ProjectReferences, "apps/Edge.Cli/Edge.Cli.csproj: references Edge.Training; Edge.Cli may use every library of the product",
            Project("apps", "Edge.Cli", "Edge.Mqtt", "Edge.Quantization", "Edge.Training"));
        Catches(DependencyRules.ProjectReferences, "apps/Edge.Cli/Edge.Cli.csproj: references Edge.Testing; Edge.Cli may use every library of the product",
            Project("apps", "Edge.Cli", "Edge.Testing"));
        Catches(DependencyRules.ProjectReferences, "tools/ModelFactory/ModelFactory.csproj: references Edge.Cli; ModelFactory may use libraries of the product",
            Project("tools", "ModelFactory", "Edge.Training", "Edge.Imaging", "Edge.Cli"));
        Catches(DependencyRules.ProjectReferences, "tests/Edge.Onnx.Tests/Edge.Onnx.Tests.csproj: references Edge.Runtime.Tests; Edge.Onnx.Tests may use libraries of the product",
            Project("tests", "Edge.Onnx.Tests", "Edge.Onnx", "Edge.Testing", "Edge.Cli", "Edge.Runtime.Tests"));
    }

    [Fact]
    public void A_namespace_that_is_only_visible_through_others_is_found()
    {
        SourceFile project = Project("apps", "Edge.Pipeline", "Edge.Runtime");
        Catches(DependencyRules.MentionedNamespaces, "apps/Edge.Pipeline/Stage.cs:2: mentions Edge.Kernels; Edge.Pipeline may use Edge.Devices, Edge.Imaging, Edge.Runtime, Edge.Tensors",
            project, new SourceFile("apps/Edge.Pipeline/Stage.cs", "using Edge.Runtime;\nusing Edge.Kernels.Dense;\nnamespace Edge.Pipeline;\n"));
        Catches(DependencyRules.MentionedNamespaces, "apps/Edge.Pipeline/Stage.cs:1: mentions Edge.Devices.Linux; Edge.Pipeline may use Edge.Devices, Edge.Imaging, Edge.Runtime, Edge.Tensors",
            project, new SourceFile("apps/Edge.Pipeline/Stage.cs", "class A { Edge.Devices.Linux.Camera? _c; Edge.Devices.Frame? _f; }"));
        Passes(DependencyRules.MentionedNamespaces,
            project, new SourceFile("apps/Edge.Pipeline/Stage.cs", "// like Edge.Kernels\nusing Edge.Onnx; // ModelException\nstring s = \"Edge.Kernels\"; My.Edge.Kernels();"));
    }

    [Fact]
    public void Another_engine_in_the_core_is_found()
    {
        SourceFile Engine(string area, string name) => new($"{area}/{name}/{name}.csproj", "<Project><ItemGroup><PackageReference Include=\"Microsoft.ML.OnnxRuntime\" /></ItemGroup></Project>");

        Catches(DependencyRules.OtherEnginesAreOptional, "runtime/Edge.Runtime/Edge.Runtime.csproj: references the package Microsoft.ML.OnnxRuntime; only Edge.OnnxRuntime may",
            Engine("runtime", "Edge.Runtime"), Engine("runtime", "Edge.OnnxRuntime"), Engine("tests", "Edge.Conformance"));
    }

    [Fact]
    public void A_project_out_of_place_is_found()
    {
        SourceFile solution = new("Edge.sln", "Project(\"{9A}\") = \"Edge.Onnx\", \"runtime\\Edge.Onnx\\Edge.Onnx.csproj\"\n\"runtime\\Edge.New\\Edge.New.csproj\"\n\"apps\\Edge.Imaging\\Edge.Imaging.csproj\"\n\"tools\\a\\b.csproj\"");

        Catches(DependencyRules.ProjectsHaveTheirPlace, "runtime/Edge.New/Edge.New.csproj: Edge.New is not in the dependency table", solution, Project("runtime", "Edge.New"), Project("runtime", "Edge.Onnx"));
        Catches(DependencyRules.ProjectsHaveTheirPlace, "apps/Edge.Imaging/Edge.Imaging.csproj: Edge.Imaging belongs in devices/", solution, Project("apps", "Edge.Imaging"));
        Catches(DependencyRules.ProjectsHaveTheirPlace, "tools/a/b.csproj: a project lies in AREA/NAME/NAME.csproj", solution, new SourceFile("tools/a/b.csproj", "<Project />"));
        Catches(DependencyRules.ProjectsHaveTheirPlace, "runtime/Edge.Tensors/Edge.Tensors.csproj: is not in Edge.sln", solution, Project("runtime", "Edge.Tensors"));
    }

    [Fact]
    public void Unsafe_code_in_another_project_is_found()
    {
        SourceFile Allowing(string path) => new(path, "<Project><PropertyGroup><AllowUnsafeBlocks>true</AllowUnsafeBlocks></PropertyGroup></Project>");

        Assert.StartsWith("apps/Edge.Mqtt/Edge.Mqtt.csproj: has AllowUnsafeBlocks; only Edge.Tensors, ", Single(CodeRules.UnsafeCodeIsConfined,
            Allowing("apps/Edge.Mqtt/Edge.Mqtt.csproj"), Allowing("runtime/Edge.Kernels/Edge.Kernels.csproj"), Allowing("tests/Edge.Onnx.Tests/Edge.Onnx.Tests.csproj")), StringComparison.Ordinal);
        Catches(CodeRules.UnsafeCodeIsConfined, "Directory.Build.props: has AllowUnsafeBlocks, which would hold for every project",
            Allowing("Directory.Build.props"), Allowing("tests/Directory.Build.props"));
        Catches(CodeRules.UnsafeCodeIsConfined, "runtime/Edge.Onnx/Wire/Reader.cs:2: has unsafe code; in Edge.Onnx only MappedFile.cs may",
            new SourceFile("runtime/Edge.Onnx/Wire/Reader.cs", "// unsafe\nunsafe class A;"), new SourceFile("runtime/Edge.Onnx/MappedFile.cs", "unsafe class B;"));
    }

    [Fact]
    public void An_instruction_set_check_elsewhere_is_found()
    {
        const string check = "if (Avx2.IsSupported) Fast();";

        Catches(CodeRules.InstructionSetsAreAskedForInOnePlace, "runtime/Edge.Runtime/Operators/Conv.cs:1: asks Avx2.IsSupported; only runtime/Edge.Kernels/Isa/ and KernelCatalog may",
            new SourceFile("runtime/Edge.Runtime/Operators/Conv.cs", check),
            new SourceFile("runtime/Edge.Kernels/Isa/Avx2/Tile.cs", check),
            new SourceFile("runtime/Edge.Kernels/KernelCatalog.cs", check),
            new SourceFile("tests/Edge.Kernels.Tests/Lanes.cs", check));
        Catches(CodeRules.InstructionSetsAreAskedForInOnePlace, "runtime/Edge.Kernels/Generic/Loop.cs:1: asks X64.IsSupported; only runtime/Edge.Kernels/Isa/ and KernelCatalog may",
            new SourceFile("runtime/Edge.Kernels/Generic/Loop.cs", "bool wide = System.Runtime.Intrinsics.X86.Sse41.X64.IsSupported;"));
        Catches(CodeRules.InstructionSetsAreAskedForInOnePlace, "devices/Edge.Imaging/Resize.cs:1: asks Vector512.IsHardwareAccelerated; only runtime/Edge.Kernels/Isa/ and KernelCatalog may",
            new SourceFile("devices/Edge.Imaging/Resize.cs", "bool wide = Vector512.IsHardwareAccelerated;"));
        Passes(CodeRules.InstructionSetsAreAskedForInOnePlace,
            new SourceFile("apps/Edge.Cli/Inspect.cs", "// Avx2.IsSupported\nConsole.Write(\"Avx2.IsSupported\"); if (kernelSet.IsSupported) Go();"));
    }

    [Fact]
    public void A_namespace_that_is_not_its_folder_is_found()
    {
        SourceFile project = Project("runtime", "Edge.Onnx");

        Catches(CodeRules.NamespacesAreFolders, "runtime/Edge.Onnx/Wire/Tag.cs: declares the namespace Edge.Onnx; its folder says Edge.Onnx.Wire",
            project, new SourceFile("runtime/Edge.Onnx/Wire/Tag.cs", "namespace Edge.Onnx;\nclass Tag;"), new SourceFile("runtime/Edge.Onnx/Model.cs", "namespace Edge.Onnx;\nclass Model;"));
        Catches(CodeRules.NamespacesAreFolders, "runtime/Edge.Onnx/Model.cs: declares a type outside any namespace; its folder says Edge.Onnx",
            project, new SourceFile("runtime/Edge.Onnx/Model.cs", "// namespace Edge.Onnx;\npublic sealed class Model;"));
        Passes(CodeRules.NamespacesAreFolders,
            Project("runtime", "Edge.Kernels"), new SourceFile("runtime/Edge.Kernels/Isa/Avx2/Tile.cs", "namespace Edge.Kernels.Isa;\nclass Tile;"));
        Catches(CodeRules.NamespacesAreFolders, "runtime/Stray.cs: belongs to no project", project, new SourceFile("runtime/Stray.cs", "namespace Edge;"));
        Passes(CodeRules.NamespacesAreFolders, project, new SourceFile("runtime/Edge.Onnx/Program.cs", "return Run(args);"));
    }

    [Fact]
    public void A_long_file_is_found()
    {
        SourceFile Lines(string path, int count) => new(path, string.Concat(Enumerable.Repeat("x\n", count)));

        Catches(CodeRules.FilesAreShort, $"apps/Edge.Cli/Long.cs: has 501 lines; 500 are allowed (or name it, with its reason, in LongFiles)",
            Lines("apps/Edge.Cli/Long.cs", 501), Lines("apps/Edge.Cli/Full.cs", 500), Lines("apps/Edge.Cli/labels.txt", 1000));
    }

    [Theory]
    [InlineData("// TODO: later", "TODO")]
    [InlineData("throw new NotImplementedException();", "NotImplementedException")]
    public void Unfinished_code_is_found(string line, string mark) => Catches(CodeRules.NothingIsUnfinished,
        $"apps/Edge.Cli/A.cs:2: says {mark}; finish it or leave it out", new SourceFile("apps/Edge.Cli/A.cs", $"class A {{\n{line}\n}}"));

    [Fact]
    public void A_loop_that_may_be_inlined_is_found()
    {
        const string loop = "class A\n{\n[MethodImpl(MethodImplOptions.AggressiveOptimization)] void B() { }\n}";
        Catches(CodeRules.LoopsAreCompiledAlone, "runtime/Edge.Kernels/A.cs:3: says AggressiveOptimization; loops are compiled by themselves as well: Compile.Alone", new SourceFile("runtime/Edge.Kernels/A.cs", loop));
        Passes(CodeRules.LoopsAreCompiledAlone, new SourceFile("runtime/Edge.Kernels/Compile.cs", loop), new SourceFile("runtime/Edge.Kernels/B.cs", "// MethodImplOptions.AggressiveOptimization"));
    }

    [Fact]
    public void A_library_that_is_not_checked_for_ahead_of_time_compilation_is_found() => Catches(CodeRules.LibrariesAreAotCompatible,
        "apps/Edge.Mqtt/Edge.Mqtt.csproj: is neither IsAotCompatible (a library) nor PublishAot (a program)",
        Project("apps", "Edge.Mqtt"),
        new SourceFile("apps/Edge.Cli/Edge.Cli.csproj", "<Project><PropertyGroup><PublishAot>true</PublishAot></PropertyGroup></Project>"),
        new SourceFile("runtime/Edge.Onnx/Edge.Onnx.csproj", "<Project><PropertyGroup><IsAotCompatible>true</IsAotCompatible></PropertyGroup></Project>"));

    [Fact]
    public void A_new_entry_at_the_top_level_is_found()
    {
        Assert.StartsWith("src/: the top level has runtime, ", Single(LayoutRules.TopLevelIsFixed, new SourceFile("src/a.cs", ""), new SourceFile("docs/a.md", "")), StringComparison.Ordinal);
        Assert.StartsWith("notes.txt: the top level has Edge.sln, ", Single(LayoutRules.TopLevelIsFixed, new SourceFile("notes.txt", ""), new SourceFile("README.md", "")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a /* b */ c // d\ne", "a         c     \ne")]
    [InlineData("x = \"a\\\"b\" + 'c';", "x =        +    ;")]
    [InlineData("x = @\"a\\\" + @\"b\"\"c\" + y;", "x = @ + @ + y;")]
    [InlineData("x = \"\"\" a \" b \"\"\";", "x =               ;")]
    [InlineData("x = $\"{a}\" /", "x = $      /")]
    public void Comments_and_literals_are_not_code(string source, string code)
    {
        string actual = CSharpText.CodeOf(source);

        Assert.Equal(source.Length, actual.Length);
        Assert.Equal(code.Replace(" ", "", StringComparison.Ordinal), actual.Replace(" ", "", StringComparison.Ordinal));
    }

    private static SourceFile Project(string area, string name, params string[] references) => new(
        $"{area}/{name}/{name}.csproj",
        $"<Project><ItemGroup>{string.Concat(references.Select(reference => $"<ProjectReference Include=\"../../x/{reference}/{reference}.csproj\" />"))}</ItemGroup></Project>");

    private static string Single(Func<SourceTree, IEnumerable<string>> rule, params SourceFile[] files) => Assert.Single(rule(new SourceTree(files)));

    private static void Catches(Func<SourceTree, IEnumerable<string>> rule, string message, params SourceFile[] files) => Assert.Equal(message, Single(rule, files));

    private static void Passes(Func<SourceTree, IEnumerable<string>> rule, params SourceFile[] files) => Assert.Empty(rule(new SourceTree(files)));
}
