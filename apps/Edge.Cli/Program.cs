using System.CommandLine;
using Edge.Cli.Commands;
using Edge.Cli.Output;

namespace Edge.Cli;

/// <summary><c>edge</c>: the command line of the runtime and the quantizer.</summary>
public static class Program
{
    public static int Main(string[] args)
    {
        using var interrupt = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            interrupt.Cancel();
        };
        return Run(args, Console.Out, Console.Error, interrupt.Token);
    }

    /// <summary>Runs one command. Exit code 0: it did what was asked; 1: it could not, and one line says why; 2: it did, and the answer is no.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var terminal = new Terminal(output, error);
        var root = new RootCommand("Quantizes ONNX models to int8 and runs them on edge devices.")
        {
            InspectCommand.Create(terminal),
            BenchCommand.Create(terminal),
            QuantizeCommand.Create(terminal),
            VerifyCommand.Create(terminal),
            DigestCommand.Create(terminal),
            OperatorsCommand.Create(terminal),
        };
        var parsed = root.Parse(args);
        var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
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
}
