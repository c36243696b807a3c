using Xunit;

namespace Edge.Architecture.Tests;

/// <summary>The repository itself keeps every rule.</summary>
public sealed class RepositoryTests
{
    private static readonly SourceTree Repository = SourceTree.OfRepository();

    [Fact]
    public void The_rules_see_the_repository()
    {
        Assert.True(Repository.CSharp.Count() > 200, $"only {Repository.CSharp.Count()} C# files were found");
        Assert.All(["Edge.Tensors", "Edge.Onnx", "Edge.Kernels", "Edge.Runtime", "Edge.Cli"], name => Assert.Contains(Repository.Projects, project => project.Name == name));
    }

    [Fact]
    public void Projects_reference_only_what_the_table_allows() => Keeps(DependencyRules.ProjectReferences);

    [Fact]
    public void Code_mentions_only_what_the_table_allows() => Keeps(DependencyRules.MentionedNamespaces);

    [Fact]
    public void Other_engines_are_optional() => Keeps(DependencyRules.OtherEnginesAreOptional);

    [Fact]
    public void Projects_have_their_place() => Keeps(DependencyRules.ProjectsHaveTheirPlace);

    [Fact]
    public void Unsafe_code_is_confined() => Keeps(CodeRules.UnsafeCodeIsConfined);

    [Fact]
    public void Instruction_sets_are_asked_for_in_one_place() => Keeps(CodeRules.InstructionSetsAreAskedForInOnePlace);

    [Fact]
    public void Namespaces_are_folders() => Keeps(CodeRules.NamespacesAreFolders);

    [Fact]
    public void Files_are_short() => Keeps(CodeRules.FilesAreShort);

    [Fact]
    public void Nothing_is_unfinished() => Keeps(CodeRules.NothingIsUnfinished);

    [Fact]
    public void Loops_are_compiled_alone() => Keeps(CodeRules.LoopsAreCompiledAlone);

    [Fact]
    public void Libraries_are_compatible_with_ahead_of_time_compilation() => Keeps(CodeRules.LibrariesAreAotCompatible);

    [Fact]
    public void The_top_level_is_fixed() => Keeps(LayoutRules.TopLevelIsFixed);

    private static void Keeps(Func<SourceTree, IEnumerable<string>> rule)
    {
        string[] violations = [.. rule(Repository)];
        Assert.True(violations.Length == 0, string.Join('\n', violations));
    }
}
