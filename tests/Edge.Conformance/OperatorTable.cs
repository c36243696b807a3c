using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Edge.Runtime.Operators;

namespace Edge.Conformance;

/// <summary>
/// <c>docs/operators.md</c>: every operator of the catalog with its versions, and how many of ONNX's node tests it runs.
/// </summary>
internal static class OperatorTable
{
    private const string Head = """
        # Operators

        Written by `dotnet run --project tests/Edge.Conformance -- --write-operators` from the operator catalog and from ONNX's
        backend node tests (ONNX 1.22, opset 27). *Passed* counts the tests of that operator alone which the runtime passes, with
        the graph optimized and as it is; *excluded* ones are listed below with their reasons.


        """;

    /// <summary>The committed file.</summary>
    public static string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(SourceFolder(), "..", "..", "docs", "operators.md"));

    /// <summary>The first cells of each row: what follows from the catalog alone.</summary>
    public static IEnumerable<string> CatalogCells() => Operators().Select(Cells);

    /// <summary>The whole file.</summary>
    /// <exception cref="InvalidOperationException">The suite is not here.</exception>
    public static string Render()
    {
        if (!NodeTestSuite.IsPresent) throw new InvalidOperationException("the table needs shared/data/conformance; set EDGE_SHARED to the shared folder");
        var text = new StringBuilder(Head);
        int all = NodeTestSuite.Tests.Count, inScope = NodeTestSuite.InScope.Count();
        text.Append(CultureInfo.InvariantCulture, $"Of {all:N0} tests {inScope:N0} are in scope, {inScope - Exclusions.Reasons.Count:N0} of which pass ({100.0 * (inScope - Exclusions.Reasons.Count) / inScope:0.0} %); {Exclusions.Reasons.Count} are excluded by name, {all - inScope} do not apply.\n\n");
        text.Append("| operator | domain | opsets | passed | excluded |\n|---|---|---|---|---|\n");
        var tests = NodeTestSuite.InScope.Select(t => (Test: t, Op: Subject(t))).ToLookup(t => t.Op, t => t.Test);
        foreach (var op in Operators())
        {
            var own = tests[op].ToList();
            int excluded = own.Count(t => Exclusions.Reasons.ContainsKey(t.Name));
            text.Append($"{Cells(op)} {Count(own.Count - excluded)} | {Count(excluded)} |\n");
        }

        text.Append("\n## Excluded tests\n\n");
        foreach (var group in Exclusions.Reasons.GroupBy(e => e.Value, e => e.Key).OrderBy(g => g.Key, StringComparer.Ordinal))
            text.Append($"- {group.Key}: {Names(group)}\n");
        text.Append("\n## Tests that do not apply\n\n");
        foreach (var group in NodeTestSuite.Tests.Values.Select(t => (t.Name, Reason: Scope.Outside(t))).Where(t => t.Reason is not null).GroupBy(t => t.Reason!, t => t.Name).OrderBy(g => g.Key, StringComparer.Ordinal))
            text.Append($"- {group.Key}: {Names(group)}\n");
        return text.ToString();
    }

    private static string Names(IEnumerable<string> tests) => string.Join(", ", tests.Order(StringComparer.Ordinal).Select(n => $"`{n}`"));

    private static IEnumerable<Operator> Operators() => OperatorCatalog.All
        .Where(o => o.Domain != OperatorCatalog.Internal)
        .OrderBy(o => o.Domain, StringComparer.Ordinal).ThenBy(o => o.OpType, StringComparer.Ordinal);

    private static string Cells(Operator op) => $"| {op.OpType} | {(op.Domain.Length == 0 ? "ai.onnx" : op.Domain)} | {op.MinOpset}–{op.MaxOpset} |";

    private static string Count(int n) => n == 0 ? "–" : n.ToString();

    /// <summary>The operator that a test is about; null where the graph has several.</summary>
    private static Operator? Subject(NodeTest test) =>
        test.Model.Graph!.Nodes is [var node] ? OperatorCatalog.Find(node.Domain, node.OpType) : null;

    private static string SourceFolder([CallerFilePath] string path = "") => System.IO.Path.GetDirectoryName(path)!;
}
