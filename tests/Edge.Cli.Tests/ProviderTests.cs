using System.Diagnostics;
using System.Text.Json;
using static Edge.Cli.Tests.CommandLine;

namespace Edge.Cli.Tests;

/// <summary>Who runs a model, told and chosen from the command line.</summary>
public sealed class ProviderTests : IDisposable
{
    private const string Preprocess = "scale=1/255";

    private readonly TemporaryFolder _folder = new();
    private readonly string _model, _red, _cache;

    public ProviderTests()
    {
        _model = _folder.File("colors.onnx", MadeModels.Colors());
        _red = MadePictures.Solid(_folder, "pictures/red.png", 255, 0, 0);
        _cache = _folder["cache/providers.json"];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Providers_are_listed_with_what_they_lack()
    {
        string output = Succeeds("providers");
        Assert.Matches(@"(?m)^edge \d.+, ONNX Runtime [\d.]+ from /.+/libonnxruntime\.so$", output);
        Assert.Matches(@"(?m)^  edge +this CPU, by this runtime's own kernels +yes +[\d.]+, kernels \w+", output);
        Assert.Matches(@"(?m)^  cpu +any CPU +yes +[\d.]+", output);
        foreach (string name in new[] { "xnnpack", "acl", "openvino", "cuda", "tensorrt", "qnn" })
            Assert.Matches($@"(?m)^  {name} +.+ +yes|^  no {name}: .+; .+$", output);
    }

    [Fact]
    public void Providers_as_JSON()
    {
        using var document = JsonDocument.Parse(Succeeds("providers", "--json"));
        var providers = document.RootElement.GetProperty("providers").EnumerateArray().ToList();
        Assert.Equal(["edge", "cpu", "xnnpack", "acl", "openvino", "cuda", "tensorrt", "qnn"], providers.Select(p => p.GetProperty("name").GetString()));
        Assert.All(providers, p => Assert.Equal(p.GetProperty("usable").GetBoolean(), p.GetProperty("missing").GetArrayLength() == 0));
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("onnxruntime")]
    [InlineData("edge")]
    public void Pictures_run_on_the_provider_that_is_named(string provider)
    {
        Assert.Contains("0.576  class 0", Succeeds("run", _model, _red, "--preprocess", Preprocess, "--provider", provider), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(Succeeds("run", _model, _red, "--preprocess", Preprocess, "--provider", provider, "--json"));
        Assert.StartsWith(provider == "edge" ? "edge/" : "onnxruntime/cpu", document.RootElement.GetProperty("provider").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Auto_measures_once_prints_why_and_remembers()
    {
        var first = Execute("run", _model, _red, "--preprocess", Preprocess, "--provider", "auto", "--provider-cache", _cache);
        Assert.Equal(0, first.Code);
        Assert.Contains("0.576  class 0", first.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^  edge +edge/\w+ +[\d.]+ ms +\d\.\de[-+]\d+ +(fastest|slower)", first.Error);
        Assert.Matches(@"(?m)^  cpu +onnxruntime/cpu +[\d.]+ ms +\d\.\de[-+]\d+ +(fastest|slower)", first.Error);
        Assert.Matches(@"(?m)^provider (edge|cpu) for colors\.onnx: \1 is [\d.]+ times as fast as (edge|cpu)$", first.Error);
        Assert.Contains($"held against ONNX Runtime on the CPU, not optimised; remembered in {_cache}", first.Error, StringComparison.Ordinal);

        var second = Execute("run", _model, _red, "--preprocess", Preprocess, "--provider", "auto", "--provider-cache", _cache);
        Assert.Equal(0, second.Code);
        Assert.Matches(@"^provider (edge|cpu) for colors\.onnx, measured on \d{4}-\d\d-\d\d: \1 is [\d.]+ times as fast as (edge|cpu) \(remembered in .+; --remeasure measures again\)\n$", second.Error);

        Assert.Contains("held against", Execute("run", _model, _red, "--preprocess", Preprocess, "--provider", "auto", "--provider-cache", _cache, "--remeasure").Error, StringComparison.Ordinal);
        // Other pictures' preparation is another input.
        Assert.Contains("held against", Execute("run", _model, _red, "--preprocess", "scale=1/128", "--provider", "auto", "--provider-cache", _cache).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bench_measures_what_auto_picked()
    {
        _folder.File("cache/providers.json", "rubbish");
        var ran = Execute("bench", _model, "-n", "3", "-t", "1", "--provider", "auto", "--provider-cache", _cache, "--json");
        Assert.Equal(0, ran.Code);
        Assert.StartsWith($"{_cache}: remembered choices cannot be read and are made again: ", ran.Error, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(ran.Output);
        string engine = document.RootElement.GetProperty("engines")[0].GetProperty("engine").GetString()!;
        Assert.Matches(@"^edge/|^onnxruntime/cpu$", engine);
        Assert.Contains(engine, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bench_shows_the_placement_of_nodes()
    {
        string output = Succeeds("bench", _model, "-n", "3", "-t", "1", "--provider", "cpu");
        Assert.Matches(@"(?m)^  placement +\d+ nodes on cpu$", output);
        Assert.DoesNotContain("placement", Succeeds("bench", _model, "-n", "3", "-t", "1"), StringComparison.Ordinal);
        Assert.Matches("time ours / theirs +[0-9]", Succeeds("bench", _model, "-n", "3", "-t", "1", "--against", "onnxruntime"));
        Assert.Matches("time first / second +[0-9]", Succeeds("bench", _model, "-n", "3", "-t", "1", "--provider", "cpu", "--against", "edge"));
    }

    [Fact]
    public void Inspect_shows_who_runs_which_node()
    {
        string output = Succeeds("inspect", _model, "--provider", "cpu", "--steps");
        Assert.Matches(@"(?m)^  operator +on cpu", output);
        Assert.Matches(@"(?m)^  placement +\d+ nodes on cpu, after ONNX Runtime's basic optimisations$", output);
        Assert.Matches(@"(?m)^ +0 +\w+ +.+ +cpu", output);
        Assert.Contains("sha256", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_that_is_missing_is_refused_told_or_let_go()
    {
        string refused = Fails("bench", _model, "-n", "3", "--provider", "xnnpack");
        Assert.Matches(@"^provider xnnpack cannot be used on this machine: .+; usable here: edge, cpu", refused);
        var warned = Execute("bench", _model, "-n", "3", "-t", "1", "--provider", "xnnpack", "--provider-policy", "warn");
        Assert.Equal((0, refused + "\n"), (warned.Code, warned.Error));
        Assert.Contains("onnxruntime/cpu", warned.Output, StringComparison.Ordinal);
        Assert.Equal("", Execute("bench", _model, "-n", "3", "-t", "1", "--provider", "xnnpack", "--provider-policy", "allow").Error);
    }

    [Fact]
    public void An_engine_cache_tells_when_it_is_filled_and_used()
    {
        string[] bench = ["bench", _model, "-n", "3", "-t", "1", "--provider", "cpu", "--engine-cache", _folder["engines"]];
        Assert.Matches(@"^colors\.onnx for cpu built in [\d.]+ s, kept in the engine cache\n$", Execute(bench).Error);
        Assert.Matches(@"^colors\.onnx for cpu read from the engine cache in [\d.]+ s\n$", Execute(bench).Error);
    }

    [Fact]
    public void How_far_the_graph_is_rewritten_can_be_limited()
    {
        string before = Succeeds("inspect", _model, "--provider", "cpu", "--provider-optimization", "off");
        Assert.Matches(@"(?m)^  Flatten +1", before);
    }

    /// <summary>The library is loaded once a process, so these need processes of their own.</summary>
    [Fact]
    public void Another_build_of_ONNX_Runtime_can_take_the_place_of_ours()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the name of the library is that of Linux");
        using var listed = JsonDocument.Parse(Succeeds("providers", "--json"));
        string library = listed.RootElement.GetProperty("library").GetString()!;
        Directory.CreateDirectory(_folder["other"]);
        File.Copy(library, _folder["other/libonnxruntime.so"]);
        var (code, output, _) = Program(_folder["other"], "bench", _model, "-n", "3", "--provider", "cpu");
        Assert.Equal(0, code);
        Assert.Contains("onnxruntime/cpu", output, StringComparison.Ordinal);
        Assert.Contains($" from {_folder["other/libonnxruntime.so"]}\n", Program(_folder["other"], "providers").Output, StringComparison.Ordinal);

        string absent = _folder["absent"], none = _folder.File("none.so", "not a library");
        Assert.Equal((1, $"edge: EDGE_ONNXRUNTIME={absent}: there is no {absent}\n"), Refused(Program(absent, "providers")));
        Assert.Matches("^edge: ONNX Runtime's native library could not be loaded: .+\n$", Refused(Program(none, "providers")).Error);

        static (int Code, string Error) Refused((int Code, string Output, string Error) ran) => (ran.Code, ran.Error);
    }

    private static (int Code, string Output, string Error) Program(string library, params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "edge"), args) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["EDGE_ONNXRUNTIME"] = library;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    [Theory]
    [InlineData("'gpu' is no provider; providers: cpu, ", "--provider", "gpu")]
    [InlineData("--provider edge,cpu: edge stands alone; it runs a whole model or refuses it", "--provider", "edge,cpu")]
    [InlineData("--provider auto,cpu: auto stands alone; it tries them all", "--provider", "auto,cpu")]
    [InlineData("--provider-policy never: one of fail, warn, allow is expected; try edge bench --help", "--provider-policy", "never")]
    [InlineData("--provider-policy, --provider-optimization and --engine-cache belong to ONNX Runtime's providers; name one with --provider", "--engine-cache", "x")]
    [InlineData("--remeasure, --provider-cache and --provider-tolerance belong to --provider auto", "--provider", "cpu", "--remeasure")]
    [InlineData("--tune belongs to --provider edge", "--provider", "cpu", "--tune")]
    [InlineData("--winograd belongs to --provider edge", "--provider", "cpu", "--winograd", "off")]
    [InlineData("--isa belongs to --provider edge", "--provider", "cpu", "--isa", "scalar")]
    [InlineData("--provider-tolerance 2: a number from 0 to 1 is expected", "--provider", "auto", "--provider-tolerance", "2")]
    [InlineData("--profile shows the operators of our own runtime; leave out --provider", "--provider", "cpu", "--profile")]
    public void Options_that_make_no_sense(string message, params string[] options) =>
        Assert.StartsWith(message, Fails(["bench", _model, .. options]), StringComparison.Ordinal);

    [Fact]
    public void Models_that_are_none()
    {
        foreach (string provider in new[] { "auto", "cpu" })
        {
            Assert.EndsWith($"{_folder["absent.onnx"]}: no such file", Fails("bench", _folder["absent.onnx"], "--provider", provider, "-n", "3"), StringComparison.Ordinal);
            Assert.StartsWith("broken.onnx: ", Fails("bench", _folder.File("broken.onnx", [1, 2, 3]), "--provider", provider, "-n", "3").Replace(_folder.Path + "/", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }
}
