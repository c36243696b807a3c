using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Cli.Output;
using Edge.Cli.Providers;
using Edge.Runtime;
using Edge.Tensors;
using Spectre.Console;

namespace Edge.Cli.Commands;

/// <summary><c>edge bench</c>: how fast a model runs here, alone or beside ONNX Runtime.</summary>
internal static class BenchCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = ModelArguments.Model();
        var threads = new ThreadOptions();
        var isa = ModelArguments.Isa();
        var winograd = ModelArguments.Winograd();
        var tune = ModelArguments.Tune();
        var dims = ModelArguments.Dimensions();
        var cache = ModelArguments.WeightCache();
        var runs = NumberOption.Whole("--runs", "measured runs of each engine, after a tenth as many to warm up", value: 100, min: 1, max: 1_000_000, "-n");
        var against = new Option<string?>("--against") { HelpName = "engine", Description = "a second engine, run in turns with the first in the same process: onnxruntime, or what --provider takes" };
        var profile = new Option<bool>("--profile") { Description = "time of every operator; measures one more series" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var command = new Command("bench", "Measures latency, allocation and memory on random input.") { model, runs, isa, winograd, tune, dims, cache, against, profile, json };
        var provider = new ProviderOptions();
        provider.AddTo(command);
        threads.AddTo(command);
        command.SetAction((p, cancellation) => Task.FromResult(Run(terminal, p.GetValue(model)!, new Settings(
            p.GetValue(runs), threads.Read(p), p.GetValue(isa), p.GetValue(winograd) != "off", p.GetValue(tune), p.GetValue(cache), ModelArguments.ParseDimensions(p.GetValue(dims)!), provider.Read(p), p.GetValue(against), p.GetValue(profile), p.GetValue(json)), cancellation)));
        return command;
    }

    private static int Run(Terminal terminal, string path, Settings settings, CancellationToken cancellation)
    {
        // Both engines get the same, stated number of threads.
        int threads = settings.Threads.Count;
        settings.Threads.RequireOwn(settings.Provider.Provider, settings.Against);
        var options = settings.Threads.Session(settings.Isa);
        (options.Winograd, options.Tune, options.WeightCache, options.Log) = (settings.Winograd, settings.Tune, settings.WeightCache, terminal.Remark);
        if (settings.Profile && settings.Provider.Provider != ProviderArguments.Own) throw new CommandException("--profile shows the operators of our own runtime; leave out --provider");
        var request = EngineRequest.OfRandomInputs(path, options, settings.Dimensions);
        using var first = Engines.Open(terminal, settings.Provider, request, cancellation);
        using var second = settings.Against is null ? null : Engines.Open(terminal, settings.Against, path, options);
        var inputs = RandomTensors.For(first.Inputs, settings.Dimensions);

        IInferenceSession[] engines = second is null ? [first] : [first, second];
        ModelArguments.WithDimensions(first.Inputs, settings.Dimensions, () => first.Run(inputs));
        var measured = Interleave(engines, inputs, settings.Runs, cancellation);
        var report = new BenchReport(
            path, Cpu.Name(), threads, settings.Runs,
            [.. engines.Select((e, i) => measured[i].Summarize(e))],
            second is null ? null : measured[0].Median / measured[1].Median,
            Environment.WorkingSet, PeakResidentBytes(),
            settings.Profile ? Profile(path, settings, inputs, cancellation) : null);
        if (settings.Json) terminal.Line(JsonSerializer.Serialize(report, BenchJson.Default.BenchReport));
        else Write(terminal, report);
        return 0;
    }

    /// <summary>One run of each in turn, so that whatever else the machine does falls on both.</summary>
    private static Series[] Interleave(IInferenceSession[] engines, Tensor[] inputs, int runs, CancellationToken cancellation)
    {
        var series = engines.Select(_ => new Series(runs)).ToArray();
        int warmUp = Math.Max(3, runs / 10);
        for (int r = -warmUp; r < runs; r++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int e = 0; e < engines.Length; e++)
            {
                long bytes = GC.GetAllocatedBytesForCurrentThread();
                long start = Stopwatch.GetTimestamp();
                engines[e].Run(inputs);
                var time = Stopwatch.GetElapsedTime(start);
                if (r >= 0) series[e].Add(r, time, GC.GetAllocatedBytesForCurrentThread() - bytes);
            }
        }

        return series;
    }

    private static IReadOnlyList<ProfileLine> Profile(string path, Settings settings, Tensor[] inputs, CancellationToken cancellation)
    {
        var options = settings.Threads.Session(settings.Isa);
        (options.Profile, options.Winograd, options.Tune, options.WeightCache) = (true, settings.Winograd, settings.Tune, settings.WeightCache);
        using var session = Engines.OpenOwn(path, options);
        for (int i = 0; i < settings.Runs; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            session.Run(inputs);
        }

        return [.. session.Profile().Select(s => new ProfileLine(s.OpType, s.Name, s.Kernel, s.Time.TotalMilliseconds, s.Macs))];
    }

    private static void Write(Terminal terminal, BenchReport report)
    {
        terminal.Line($"{report.Model}: {report.Runs} runs, {report.Threads} thread{(report.Threads == 1 ? "" : "s")}, {report.Cpu}");
        var table = Terminal.NewTable("engine", ">median", ">p99", ">min", ">allocated a run");
        foreach (var e in report.Engines)
            table.AddRow(Markup.Escape(e.Engine), Units.Milliseconds(e.MedianMs), Units.Milliseconds(e.P99Ms), Units.Milliseconds(e.MinMs), Units.Bytes(e.AllocatedBytes));
        terminal.Console.Write(table);
        if (report.Ratio is { } ratio) terminal.Line($"  {(report.Engines[0].Placement is null ? "time ours / theirs " : "time first / second")} {ratio:0.00}");
        foreach (var e in report.Engines)
            if (e.Placement is not null) terminal.Line($"  placement           {e.Placement}");
        terminal.Line($"  peak memory         {Units.Bytes(report.PeakResidentBytes)} resident{(report.Engines.Count > 1 ? ", both engines together" : "")}");
        if (report.Profile is null) return;

        double total = report.Profile.Sum(p => p.Ms);
        var steps = Terminal.NewTable("operator", "node", "kernel", ">time", ">share", ">GMAC/s");
        foreach (var p in report.Profile.OrderByDescending(p => p.Ms))
        {
            steps.AddRow(Markup.Escape(p.Operator), Markup.Escape(p.Node), Markup.Escape(p.Kernel), Units.Milliseconds(p.Ms),
                $"{100 * p.Ms / total:0.0} %", p.Macs > 0 && p.Ms > 0 ? $"{p.Macs / p.Ms / 1e6:0.0}" : "");
        }

        terminal.Console.Write(steps);
    }

    /// <summary>The most memory that the process ever had resident, from the kernel's own account.</summary>
    private static long PeakResidentBytes()
    {
        const string Status = "/proc/self/status";
        var line = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)) : null;
        return line is null ? Process.GetCurrentProcess().PeakWorkingSet64 : long.Parse(line.AsSpan(6, line.Length - 9).Trim()) * 1024;
    }

    private sealed record Settings(int Runs, ThreadArguments Threads, string? Isa, bool Winograd, bool Tune, string? WeightCache, Dictionary<string, int> Dimensions, ProviderArguments Provider, string? Against, bool Profile, bool Json);

    private sealed class Series(int runs)
    {
        private readonly double[] _ms = new double[runs];
        private long _allocated;

        public double Median => At(0.5);

        public void Add(int run, TimeSpan time, long allocated)
        {
            _ms[run] = time.TotalMilliseconds;
            _allocated += allocated;
        }

        public EngineResult Summarize(IInferenceSession engine) => new(engine.Provider, Median, At(0.99), At(0), _allocated / _ms.Length, Engines.Placement(engine));

        private double At(double quantile)
        {
            var sorted = _ms.Order().ToArray();
            return sorted[(int)Math.Min(sorted.Length - 1, quantile * sorted.Length)];
        }
    }
}

/// <summary>One engine. The placement of nodes is null for our own runtime, which runs all of them.</summary>
internal sealed record EngineResult(string Engine, double MedianMs, double P99Ms, double MinMs, long AllocatedBytes, string? Placement);

internal sealed record ProfileLine(string Operator, string Node, string Kernel, double Ms, long Macs);

internal sealed record BenchReport(
    string Model,
    string Cpu,
    int Threads,
    int Runs,
    IReadOnlyList<EngineResult> Engines,
    double? Ratio,
    long ResidentBytes,
    long PeakResidentBytes,
    IReadOnlyList<ProfileLine>? Profile);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
