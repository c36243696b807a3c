using Xunit;

namespace Edge.Conformance;

public sealed class OperatorTableTests
{
    private const string Remedy = "run: dotnet run --project tests/Edge.Conformance -- --write-operators";

    [Fact]
    public void The_committed_table_lists_the_catalog()
    {
        string[] rows = [.. File.ReadLines(OperatorTable.Path).Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1)];
        string[] cells = [.. OperatorTable.CatalogCells()];
        Assert.True(rows.Length == cells.Length && rows.Zip(cells).All(p => p.First.StartsWith(p.Second, StringComparison.Ordinal)),
            $"docs/operators.md is out of date with the catalog; {Remedy}");
    }

    [Fact]
    public void The_committed_table_counts_the_tests_that_pass()
    {
        Assert.SkipUnless(NodeTestSuite.IsPresent, "shared/data/conformance is not here");
        Assert.True(File.ReadAllText(OperatorTable.Path) == OperatorTable.Render(), $"docs/operators.md is out of date; {Remedy}");
    }
}
