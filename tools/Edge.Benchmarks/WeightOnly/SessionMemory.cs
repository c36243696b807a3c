using System.Diagnostics;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Benchmarks.WeightOnly;

/// <summary>What a process takes that runs a model once.</summary>
/// <param name="PeakBytes">Its largest resident memory, mapped files included.</param>
/// <param name="PrivateBytes">Its memory after the run, mapped files aside.</param>
/// <param name="PackedBytes">Packed weights of the session.</param>
internal readonly record struct SessionMemory(long PeakBytes, long PrivateBytes, long PackedBytes)
{
    /// <summary>The tool's command that is such a process.</summary>
    public const string Command = "session-memory";

    /// <summary>Starts this program anew, with that command.</summary>
    /// <exception cref="IOException">It fails.</exception>
    public static SessionMemory Of(string model)
    {
        string host = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, "Edge.Benchmarks.dll")] : [];
        using Process process = Process.Start(new ProcessStartInfo(host, [.. program, Command, model]) { RedirectStandardOutput = true }) ?? throw new IOException($"{host} cannot be started");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new IOException($"{Command} {model} ended with {process.ExitCode}");
        long[] numbers = [.. output.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
        return new SessionMemory(numbers[0], numbers[1], numbers[2]);
    }

    /// <summary>Runs the model once, on one thread, and prints what <see cref="Of"/> reads.</summary>
    public static void Run(string path)
    {
        using var model = Model.Load(path);
        using var session = new InferenceSession(model, new SessionOptions { Threads = 1 });
        session.Run([.. session.Inputs.Select(i => Tensor.Create(i.Type, new Shape([.. i.Dimensions!.Select(d => d.Size)])))]);
        long packed = session.Describe().PackedBytes;
        GC.Collect();
        Console.WriteLine($"{Status("VmHWM:")} {Status("RssAnon:")} {packed}");
    }

    private static long Status(string name) =>
        long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1]) * 1024;
}
