using System.Diagnostics;
using System.Text;

namespace Edge.Fuzz.Running;

/// <summary>A <see cref="Child"/>, seen from outside. Ends it when it does not come back.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private Task<string?>? _pending;

    /// <param name="folder">Where the child keeps its mutant.</param>
    /// <param name="arguments">Of the hidden command that the child runs.</param>
    public ChildProcess(string folder, params string[] arguments)
    {
        Folder = folder;
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string a in arguments) start.ArgumentList.Add(a);
        // An allocation beyond any limit ends in an exception rather than in the machine's memory.
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x60000000";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_errors)
                if (_errors.Length < 20_000) _errors.AppendLine(e.Data);
        };
        _process.BeginErrorReadLine();
    }

    public string Folder { get; }

    public string MutantPath => Path.Combine(Folder, "mutant.onnx");

    public void Send(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
        }
        catch (IOException)
        {
            // It is dead; reading tells that.
        }
    }

    /// <summary>Its next line; null when it ended. A verdict where it died or had to be ended.</summary>
    public (string? Line, Verdict? Verdict) Read()
    {
        _pending ??= _process.StandardOutput.ReadLineAsync();
        var clock = Stopwatch.StartNew();
        var cpu = Cpu();
        while (!_pending.Wait(TimeSpan.FromSeconds(0.5)))
        {
            if (Cpu() - cpu < FuzzLimits.Hang && clock.Elapsed < FuzzLimits.Lost) continue;
            var used = Cpu() - cpu;
            _process.Kill();
            _process.WaitForExit();
            return (null, new Verdict(Outcome.Hang, "?", "hang", $"ended after {clock.Elapsed.TotalSeconds:F0} s, {used.TotalSeconds:F0} s of them on the processor"));
        }

        string? line = _pending.Result;
        _pending = null;
        if (line is not null) return (line, null);
        _process.WaitForExit();
        if (_process.ExitCode == 0) return (null, null);
        string errors;
        lock (_errors) errors = _errors.ToString();
        string? frame = errors.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.StartsWith("at Edge.", StringComparison.Ordinal));
        string kind = errors.Split('\n')[0].Trim();
        return (null, new Verdict(Outcome.Death, "?", $"death {_process.ExitCode} {kind} {frame?[..Math.Min(frame.Length, 120)]}", errors));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private TimeSpan Cpu()
    {
        try
        {
            return _process.HasExited ? TimeSpan.Zero : _process.TotalProcessorTime;
        }
        catch (InvalidOperationException)
        {
            return TimeSpan.Zero;
        }
    }
}
