#if ONNXRUNTIME
using Edge.Cli.Output;
using Edge.Kernels;
using Edge.OnnxRuntime.Providers;
using Edge.OnnxRuntime.Selection;
using Edge.Runtime;
using Spectre.Console;

namespace Edge.Cli.Providers;

/// <summary><c>--provider auto</c>: our own runtime and every provider of ONNX Runtime that can be used here, held against each other.</summary>
internal static class AutoEngine
{
    public static IInferenceSession Open(Terminal terminal, ProviderArguments arguments, EngineRequest request, CancellationToken cancellation)
    {
        var (path, options) = (request.Path, request.Options);
        if (!File.Exists(path)) throw new CommandException($"{path}: no such file");
        string isa = KernelCatalog.Select(options.Isa).Name;
        var own = new Candidate(ProviderArguments.Own, $"{Program.Version} {isa}", () => Engines.OpenOwn(path, options));
        // Who insists on fail wants no provider that leaves nodes to another.
        var others = OrtCandidates.Of(path, OrtEngine.Options(terminal, arguments, options), strict: arguments.Policy == "fail");
        IReadOnlyList<TensorInfo> declared = [];
        var selection = new SelectionRequest
        {
            Model = Path.GetFileName(path),
            ModelSha256 = OrtCandidates.Sha256(path),
            Traits = ModelTraits.Read(path),
            Conditions = $"{MachineIdentity.Describe()}; {options.Threads} threads; {isa}; optimization {arguments.Optimization ?? "all"}; {request.Conditions}",
            Candidates = [own, .. others],
            References = [OrtCandidates.Reference(path), new Candidate("edge, scalar, not optimised", "", () => Engines.OpenOwn(path, new SessionOptions { Isa = "scalar", Optimize = false }))],
            Samples = inputs =>
            {
                declared = inputs;
                return request.Samples(inputs);
            },
            Tolerance = arguments.Tolerance ?? 1e-4,
        };
        var cache = new ChoiceCache(arguments.ChoiceCache ?? ChoiceCache.DefaultPath);
        try
        {
            var selected = WaitLine.Show(terminal, $"choose a provider for {selection.Model}", show =>
                new ProviderSelector(cache, terminal.Remark).Select(selection, arguments.Remeasure, s => show($"choose a provider for {selection.Model}: {s}"), cancellation));
            Write(terminal, selected, cache);
            return selected.Session;
        }
        catch (ProviderException e) when (request.Hint(declared) is { } hint)
        {
            throw new CommandException($"{e.Message}; {hint}", e);
        }
    }

    /// <summary>To the error stream: the output is for results.</summary>
    private static void Write(Terminal terminal, SelectedProvider selected, ChoiceCache cache)
    {
        var choice = selected.Choice;
        if (selected.Remembered)
        {
            terminal.Remark($"provider {choice.Provider} for {choice.Model}, measured on {choice.Measured:yyyy-MM-dd}: {choice.Reason} (remembered in {cache.FilePath}; --remeasure measures again)");
            return;
        }

        var table = Terminal.NewTable("provider", "ran on", ">median", ">error / range", "");
        foreach (var r in choice.Results)
            table.AddRow(Markup.Escape(r.Name), Markup.Escape(r.Engine), r.MedianMs is { } ms ? Units.Milliseconds(ms) : "-", r.Error is { } error ? $"{error:0.0e+00}" : "-", Markup.Escape(r.Verdict));
        terminal.Progress.Write(table);
        terminal.Remark($"provider {choice.Provider} for {choice.Model}: {choice.Reason}");
        terminal.Remark($"held against {choice.Reference}{(selected.Kept ? $"; remembered in {cache.FilePath}" : "")}");
    }
}
#endif
