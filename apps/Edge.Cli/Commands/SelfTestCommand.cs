using System.CommandLine;
using Edge.Cli.Output;
using Edge.Kernels;
using Edge.Kernels.SelfTest;
using Edge.Runtime;
using Spectre.Console;

namespace Edge.Cli.Commands;

/// <summary><c>edge selftest</c>: whether the kernels compute on this CPU what they should.</summary>
internal static class SelfTestCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("selftest", "Compares every kernel set that this CPU runs with the scalar one; exits with 1 if one differs.");
        command.SetAction((_, cancellation) => Task.FromResult(Run(terminal, KernelSelfTest.Run(), cancellation)));
        return command;
    }

    /// <param name="terminal">Where the table goes.</param>
    /// <param name="comparisons">Run as they are read.</param>
    /// <param name="cancellation">Ends it between two comparisons.</param>
    /// <returns>The exit code.</returns>
    internal static int Run(Terminal terminal, IEnumerable<SelfTestResult> comparisons, CancellationToken cancellation)
    {
        var results = new List<SelfTestResult>();
        foreach (var r in comparisons)
        {
            cancellation.ThrowIfCancellationRequested();
            results.Add(r);
        }

        var table = Terminal.NewTable("kernel set", "routine", ">cases", "result");
        foreach (var g in results.GroupBy(r => Routine(r.Name)))
        {
            int failed = g.Count(r => !r.Passed);
            table.AddRow(Markup.Escape(g.Key.Set), Markup.Escape(g.Key.Routine), g.Count().ToString(), failed == 0 ? "agrees" : $"{failed} FAILED");
        }

        terminal.Line($"edge {Program.Version} on {Cpu.Name()}; kernel sets: {string.Join(", ", KernelCatalog.Available.Select(k => k.Name))}");
        if (KernelCatalog.Notice is { } notice) terminal.Line($"  {notice}");
        terminal.Console.Write(table);
        var failures = results.Where(r => !r.Passed).ToList();
        foreach (var f in failures) terminal.Line($"  FAILED {f.Name}: {f.Detail}");
        terminal.Line(failures.Count == 0 ? $"  {results.Count} comparisons with scalar, all agree" : $"  {failures.Count} of {results.Count} comparisons with scalar failed");
        return failures.Count == 0 ? 0 : 1;
    }

    /// <summary>Names are <c>set/routine/case</c>; a case may hold slashes of its own.</summary>
    private static (string Set, string Routine) Routine(string name)
    {
        string[] parts = name.Split('/', 3);
        return (parts[0], parts.Length > 1 ? parts[1] : "");
    }
}
