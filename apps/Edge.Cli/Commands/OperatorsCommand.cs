using System.CommandLine;
using Edge.Cli.Output;
using Edge.Kernels;
using Edge.Runtime;
using Spectre.Console;

namespace Edge.Cli.Commands;

/// <summary><c>edge operators</c>: what models may ask for, and which kernel sets there are.</summary>
internal static class OperatorsCommand
{
    public static Command Create(Terminal terminal)
    {
        var markdown = new Option<bool>("--markdown") { Description = "as the README has it" };
        var command = new Command("operators", "Lists the operators and kernel sets that this build supports.") { markdown };
        command.SetAction(p =>
        {
            if (p.GetValue(markdown)) terminal.Output.Write(Markdown());
            else Write(terminal);
            return 0;
        });
        return command;
    }

    /// <summary>The section of the README between its two markers.</summary>
    public static string Markdown()
    {
        var text = new StringWriter { NewLine = "\n" };
        foreach (var domain in SupportedOperators.All.GroupBy(o => o.Domain))
        {
            text.WriteLine($"**{(domain.Key.Length == 0 ? "ai.onnx" : domain.Key)}** ({domain.Count()}): {string.Join(", ", domain.Select(o => o.OpType))}");
            text.WriteLine();
        }

        text.WriteLine($"**Kernel sets**, best first: {string.Join(", ", KernelCatalog.Names)}");
        return text.ToString();
    }

    private static void Write(Terminal terminal)
    {
        var table = Terminal.NewTable("operator", "opsets");
        foreach (var o in SupportedOperators.All)
            table.AddRow(Markup.Escape(o.Domain.Length == 0 ? o.OpType : $"{o.Domain}.{o.OpType}"), $"{o.MinOpset}-{o.MaxOpset}");
        terminal.Console.Write(table);
        terminal.Line($"  {SupportedOperators.All.Count} operators");
        terminal.Line($"  kernel sets: {string.Join(", ", KernelCatalog.Names)}; this CPU runs {string.Join(", ", KernelCatalog.Available.Select(k => k.Name))}");
    }
}
