using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Edge.Cli.Commands;
using Edge.Cli.Output;

namespace Edge.Cli;

/// <summary><c>edge</c>: the command line of the runtime and the quantizer.</summary>
public static class Program
{
    /// <summary><c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static int Main(string[] args)
    {
        using var interrupt = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            // The first time asks the command to end, the second time ends it.
            e.Cancel = !interrupt.IsCancellationRequested;
            interrupt.Cancel();
        };
        return Run(args, Console.Out, Console.Error, interrupt.Token);
    }

    /// <summary>Runs one command. Exit code 0: it did what was asked; 1: it could not, and one line says why; 2: it did, and the answer is no.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        // No response files: a file whose name begins with @ is a file.
        var parsed = Root(new Terminal(output, error)).Parse(args.Length == 0 ? ["--help"] : args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            error.WriteLine($"edge: {ParseErrors.Message(parsed)}");
            return 1;
        }

        var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return parsed.InvokeAsync(configuration, cancellation).GetAwaiter().GetResult();
        }
        catch (Exception e) when (UserErrors.Message(e) is { } message)
        {
            error.WriteLine($"edge: {message}");
            return 1;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            error.WriteLine("edge: interrupted");
            return 130;
        }
    }

    private static RootCommand Root(Terminal terminal)
    {
        var root = new RootCommand("Quantizes ONNX models to int8 and runs them on edge devices.")
        {
            DemoCommand.Create(terminal),
            InspectCommand.Create(terminal),
            RunCommand.Create(terminal),
            BenchCommand.Create(terminal),
            QuantizeCommand.Create(terminal),
            EvaluateCommand.Create(terminal),
            VerifyCommand.Create(terminal),
            DigestCommand.Create(terminal),
            SelfTestCommand.Create(terminal),
            ProvidersCommand.Create(terminal),
            OperatorsCommand.Create(terminal),
        };
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        return root;
    }

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"edge {Version}");
            return 0;
        }
    }
}
