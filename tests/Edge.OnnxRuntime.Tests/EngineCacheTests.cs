using Edge.OnnxRuntime.Engines;
using Edge.OnnxRuntime.Providers;
using Microsoft.ML.OnnxRuntime;

namespace Edge.OnnxRuntime.Tests;

/// <summary>What providers compile is kept, found again, and built anew when it does not fit.</summary>
public sealed class EngineCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _log = [];
    private readonly List<EngineProgress> _progress = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_CPU_keeps_its_optimised_graph()
    {
        Assert.Equal(Models.Output, Run("cpu"));
        Assert.Equal(EngineSource.BuiltAndKept, _progress[^1].Source);
        Assert.Equal(["engine.json", "engine.onnx"], Kept());
        Assert.Equal(Models.Output, Run("cpu"));
        Assert.Equal(EngineSource.Cached, _progress[^1].Source);
        Assert.Single(Directory.GetDirectories(_folder["cache"]));
        Assert.Empty(_log);
    }

    [Fact]
    public void A_provider_compiles_once()
    {
        string spec = $"plugin:{ReluPlugin.Require()},log={_folder["compiled"]},cpu";
        for (int i = 0; i < 3; i++) Assert.Equal(Models.Output, Run(spec));
        Assert.Equal(2, File.ReadLines(_folder["compiled"]).Count());
        Assert.Equal(["engine.json", "engine.onnx"], Kept());
        Assert.Contains("\"providers\": \"plugin:", File.ReadAllText(Path.Combine(Entry(), "engine.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_begins_at_nothing_and_ends_done()
    {
        Run("cpu");
        Assert.Equal((TimeSpan.Zero, false), (_progress[0].Elapsed, _progress[0].Done));
        Assert.True(_progress[^1].Done);
        Assert.Single(_progress, p => p.Done);
        Assert.All(_progress, p => Assert.Equal(("chain.onnx", "cpu"), (p.Model, p.Providers)));
    }

    [Fact]
    public void A_ticker_tells_each_second_how_long_it_has_been()
    {
        var clock = new ManualClock();
        var ticker = new ProgressTicker(new Recorder(_progress), new EngineProgress("m", "cpu", EngineSource.Built, TimeSpan.Zero, false), clock);
        clock.Advance(TimeSpan.FromSeconds(1));
        clock.Advance(TimeSpan.FromSeconds(1.5));
        ticker.Dispose();
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([(0, false), (1, false), (2.5, false), (2.5, true)], _progress.Select(p => (p.Elapsed.TotalSeconds, p.Done)));
    }

    [Fact]
    public void Another_model_or_option_is_another_entry()
    {
        Run("cpu");
        Run("cpu", model: Models.Relus());
        Run("cpu", GraphOptimizationLevel.ORT_ENABLE_BASIC);
        Assert.Equal(3, Directory.GetDirectories(_folder["cache"]).Length);
        Assert.All(_progress, p => Assert.Equal(EngineSource.BuiltAndKept, p.Source));
    }

    [Fact]
    public void An_engine_that_cannot_be_read_is_built_again()
    {
        Run("cpu");
        File.WriteAllText(Path.Combine(Entry(), "engine.onnx"), "rubbish");
        Assert.Equal(Models.Output, Run("cpu"));
        Assert.Matches(@"^chain\.onnx: the engine in .+/cache cannot be used and is built again: ", Assert.Single(_log));
        Assert.Equal(Models.Output, Run("cpu"));
        Assert.Equal(EngineSource.Cached, _progress[^1].Source);
    }

    [Fact]
    public void What_was_not_finished_is_not_used()
    {
        Run("cpu");
        File.Delete(Path.Combine(Entry(), "engine.json"));
        Run("cpu");
        Assert.Equal(EngineSource.BuiltAndKept, _progress[^1].Source);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told_and_done_without()
    {
        _folder.File("cache", "a file");
        Assert.Equal(Models.Output, Run("cpu"));
        Assert.Matches("^engine cache .+; nothing is kept$", Assert.Single(_log));
        Assert.Equal(EngineSource.Built, _progress[^1].Source);
    }

    [Fact]
    public void An_entry_that_cannot_be_written_is_told_and_done_without_until_it_is_complete()
    {
        Run("cpu");
        string manifest = Path.Combine(Entry(), "engine.json"), engine = Path.Combine(Entry(), "engine.onnx");
        string blocked = Path.Combine(Entry(), $"engine.{Environment.ProcessId}.tmp.onnx");
        Directory.CreateDirectory(blocked);
        Assert.Equal(Models.Output, Run("cpu"));
        Assert.Equal(EngineSource.Cached, _progress[^1].Source);

        File.WriteAllText(engine, "rubbish");
        Assert.Equal(Models.Output, Run("cpu"));
        Assert.Equal(EngineSource.Built, _progress[^1].Source);
        Assert.Contains("cannot be used and is built again", Assert.Single(_log), StringComparison.Ordinal);
        Assert.False(File.Exists(manifest));

        Assert.Equal(Models.Output, Run("cpu"));
        Assert.Equal(EngineSource.Built, _progress[^1].Source);
        Assert.EndsWith("; nothing is kept", _log[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_that_compiled_nothing_keeps_nothing()
    {
        Run($"plugin:{ReluPlugin.Require()},cpu", policy: ProviderPolicy.Allow, model: Models.Sum());
        Assert.Matches("^chain.onnx: librelu_ep.so,cpu compiled nothing that could be kept in ", Assert.Single(_log));
    }

    private string Entry() => Assert.Single(Directory.GetDirectories(_folder["cache"]));

    private IEnumerable<string?> Kept() => Directory.GetFiles(Entry()).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private float[] Run(string providers, GraphOptimizationLevel optimization = GraphOptimizationLevel.ORT_ENABLE_ALL, ProviderPolicy policy = ProviderPolicy.Fail, byte[]? model = null)
    {
        using var session = OnnxRuntimeSession.Load(model ?? Models.Chain(), "chain.onnx", new OnnxRuntimeOptions
        {
            Providers = ProviderSpec.ParseList(providers),
            Optimization = optimization,
            Policy = policy,
            EngineCache = _folder["cache"],
            Progress = new Recorder(_progress),
            Log = _log.Add,
        });
        return session.Run(Models.Input)[0].AsSpan<float>().ToArray();
    }

    private sealed class Recorder(List<EngineProgress> reports) : IProgress<EngineProgress>
    {
        public void Report(EngineProgress value)
        {
            lock (reports) reports.Add(value);
        }
    }
}
