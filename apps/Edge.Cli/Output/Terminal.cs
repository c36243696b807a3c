using Spectre.Console;

namespace Edge.Cli.Output;

/// <summary>Where a command writes: results to the output, progress and remarks to the error stream.</summary>
internal sealed class Terminal
{
    public Terminal(TextWriter output, TextWriter error)
    {
        Output = output;
        Error = error;
        Console = Create(output, ReferenceEquals(output, System.Console.Out) && !System.Console.IsOutputRedirected);
        Progress = Create(error, ReferenceEquals(error, System.Console.Error) && !System.Console.IsErrorRedirected);
    }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    /// <summary>For tables.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>For progress bars; plain text where the error stream is no terminal.</summary>
    public IAnsiConsole Progress { get; }

    public void Line(string text = "") => Output.WriteLine(text);

    /// <summary>A line beside the results; above a spinner that is showing.</summary>
    public void Remark(string text)
    {
        if (Progress.Profile.Capabilities.Interactive) Progress.WriteLine(text);
        else Error.WriteLine(text);
    }

    /// <summary>A table without frills that also reads well in a log.</summary>
    public static Table NewTable(params ReadOnlySpan<string> columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string c in columns)
        {
            bool right = c.StartsWith('>');
            var column = new TableColumn(Markup.Escape(right ? c[1..] : c)) { NoWrap = true };
            table.AddColumn(right ? column.RightAligned() : column);
        }

        return table;
    }

    private static IAnsiConsole Create(TextWriter writer, bool terminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        // A log has no width; tables are not to be folded in it.
        if (!terminal) console.Profile.Width = 200;
        return console;
    }
}
