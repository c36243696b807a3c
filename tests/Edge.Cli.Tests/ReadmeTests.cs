using System.Runtime.CompilerServices;
using Edge.Cli.Commands;
using Edge.Cli.Demo;
using static Edge.Cli.Tests.CommandLine;

namespace Edge.Cli.Tests;

/// <summary>What the README says is what is there.</summary>
public sealed class ReadmeTests
{
    private static readonly string s_root = FindRoot();
    private static readonly string s_readme = File.ReadAllText(Path.Combine(s_root, "README.md"));

    [Fact]
    public void Its_operators_and_kernel_sets_are_those_of_the_catalogs()
    {
        const string begin = "<!-- edge operators --markdown -->\n", end = "<!-- end -->";
        int start = s_readme.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        string section = s_readme[start..s_readme.IndexOf(end, start, StringComparison.Ordinal)];
        Assert.Equal(OperatorsCommand.Markdown(), section);
        Assert.Equal(section, Succeeds("operators", "--markdown"));
    }

    [Fact]
    public void Its_example_is_the_one_that_is_compiled()
    {
        const string fence = "```csharp\n";
        int start = s_readme.IndexOf(fence, StringComparison.Ordinal) + fence.Length;
        string example = s_readme[start..s_readme.IndexOf("```", start, StringComparison.Ordinal)];
        Assert.Equal(Compiled(), example);
    }

    [Fact]
    public void Its_example_runs()
    {
        using var output = new StringWriter();
        ReadmeExample.Run([Path.Combine(DemoAssets.Bundled, "parts.onnx"), DemoAssets.Load(DemoAssets.Bundled).Test[0].File], output);
        Assert.Matches(@"^scores \[1,6,24,24\]: highest value 0\.\d{3}\nboxes \[1,4,24,24\]: highest value \d+\.\d{3}\n$", output.ToString());
    }

    [Fact]
    public void Its_first_code_block_holds_the_two_commands()
    {
        int start = s_readme.IndexOf("```", StringComparison.Ordinal);
        string block = s_readme[start..s_readme.IndexOf("```", start + 3, StringComparison.Ordinal)];
        Assert.Equal("```\ndotnet run --project apps/Edge.Cli -c Release -- demo\ndotnet test\n", block);
    }

    [Fact]
    public void Files_and_commands_that_it_names_exist()
    {
        foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(s_readme, @"\]\((?!http)([^)#]+)\)"))
            Assert.True(Path.Exists(Path.Combine(s_root, link.Groups[1].Value)), link.Value);
        string help = Succeeds("--help");
        foreach (System.Text.RegularExpressions.Match command in System.Text.RegularExpressions.Regex.Matches(s_readme, @"^edge (\w+) ", System.Text.RegularExpressions.RegexOptions.Multiline))
            Assert.Contains($"  {command.Groups[1].Value} ", help, StringComparison.Ordinal);
    }

    /// <summary>The marked lines of the source file, with their indentation taken off.</summary>
    private static string Compiled([CallerFilePath] string path = "")
    {
        string[] lines = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(path)!, "ReadmeExample.cs"));
        var usings = Between(lines, "// readme: usings");
        var body = Between(lines, "        // readme: body").Select(l => l[8..]);
        return string.Join('\n', [.. usings, "", .. body]) + "\n";
    }

    private static IEnumerable<string> Between(string[] lines, string begin) =>
        lines.SkipWhile(l => l != begin).Skip(1).TakeWhile(l => l.TrimStart() != "// readme: end");

    private static string FindRoot([CallerFilePath] string path = "")
    {
        for (var at = new DirectoryInfo(Path.GetDirectoryName(path)!); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Edge.sln"))) return at.FullName;
        throw new DirectoryNotFoundException($"there is no Edge.sln above {path}");
    }
}
