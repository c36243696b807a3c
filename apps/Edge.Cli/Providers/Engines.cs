using Edge.Cli.Output;
using Edge.Kernels;
using Edge.Runtime;

namespace Edge.Cli.Providers;

/// <summary>Opens a model on one of the engines that this build has.</summary>
internal static class Engines
{
    /// <param name="terminal">Where progress, warnings and the table of <c>auto</c> go.</param>
    /// <param name="arguments">Who is to run it.</param>
    /// <param name="request">The model.</param>
    /// <param name="cancellation">Ends measuring.</param>
    public static IInferenceSession Open(Terminal terminal, ProviderArguments arguments, EngineRequest request, CancellationToken cancellation)
    {
        Check(arguments);
        if (arguments.Provider == ProviderArguments.Own)
        {
            if (request.Options.Isa is null && KernelCatalog.Notice is { } notice) terminal.Remark($"edge: {notice}");
            return OpenOwn(request.Path, request.Options);
        }

        if (arguments.Provider != ProviderArguments.Auto && OwnOnly(request.Options) is { } option)
            throw new CommandException($"{option} belongs to --provider {ProviderArguments.Own}");
#if ONNXRUNTIME
        return arguments.Provider == ProviderArguments.Auto
            ? AutoEngine.Open(terminal, arguments, request, cancellation)
            : OrtEngine.Open(terminal, arguments, request.Path, request.Options);
#else
        throw new CommandException($"--provider {arguments.Provider}: {NoOnnxRuntime}; --provider takes {ProviderArguments.Own} only");
#endif
    }

    /// <summary>The same for who needs no choice: <see cref="ProviderArguments.Own"/> or ONNX Runtime's providers.</summary>
    public static IInferenceSession Open(Terminal terminal, string engine, string path, SessionOptions options)
    {
        if (engine == ProviderArguments.Own) return OpenOwn(path, options);
#if ONNXRUNTIME
        return OrtEngine.Open(terminal, ProviderArguments.Of(engine), path, options);
#else
        throw new CommandException(NoOnnxRuntime);
#endif
    }

    /// <summary>Refuses options that none of the engines that are asked for would heed.</summary>
    /// <param name="options">What they are to be opened with.</param>
    /// <param name="engines">As of <see cref="Open(Terminal, string, string, SessionOptions)"/>.</param>
    public static void RequireOwn(SessionOptions options, params ReadOnlySpan<string> engines)
    {
        if (!engines.Contains(ProviderArguments.Own) && OwnOnly(options) is { } option) throw new CommandException($"{option} is for the engine {ProviderArguments.Own}, not for {engines[0]}");
    }

    /// <summary>How many nodes run where, in words; null for our own runtime, which runs all of them.</summary>
    public static string? Placement(IInferenceSession session) =>
#if ONNXRUNTIME
        session is OnnxRuntime.OnnxRuntimeSession other ? OrtEngine.Placement(other) : null;
#else
        null;
#endif

    /// <summary>The operators of a session that is not our own runtime's, and who runs them; on request node by node.</summary>
    public static void WritePlacement(Terminal terminal, IInferenceSession session, bool nodes)
    {
#if ONNXRUNTIME
        if (session is OnnxRuntime.OnnxRuntimeSession other) OrtEngine.WritePlacement(terminal, other, nodes);
#endif
    }

    /// <summary>A session that keeps its model for as long as it lives.</summary>
    public static InferenceSession OpenOwn(string path, SessionOptions options)
    {
        using var model = Model.Load(path);
        return new InferenceSession(model, options);
    }

#if !ONNXRUNTIME
    public const string NoOnnxRuntime = "this build has no ONNX Runtime; build with -p:OnnxRuntime=true, or use `dotnet run --project apps/Edge.Cli`";
#endif

    /// <summary>An option that was given and that no other engine knows; null for none.</summary>
    private static string? OwnOnly(SessionOptions options) =>
        options.WeightCache is not null ? "--weight-cache" : options.Tune ? "--tune" : !options.Winograd ? "--winograd" : options.Isa is not null ? "--isa" : null;

    private static void Check(ProviderArguments a)
    {
        string[] words = a.Provider.Split(',');
        foreach (string alone in new[] { ProviderArguments.Own, ProviderArguments.Auto })
            if (words.Length > 1 && words.Contains(alone)) throw new CommandException($"--provider {a.Provider}: {alone} stands alone; it {(alone == ProviderArguments.Own ? "runs a whole model or refuses it" : "tries them all")}");
        if (a.Provider != ProviderArguments.Auto && (a.Remeasure || a.ChoiceCache is not null || a.Tolerance is not null))
            throw new CommandException("--remeasure, --provider-cache and --provider-tolerance belong to --provider auto");
        if (a.Provider == ProviderArguments.Own && (a.Policy ?? a.Optimization ?? a.EngineCache) is not null)
            throw new CommandException("--provider-policy, --provider-optimization and --engine-cache belong to ONNX Runtime's providers; name one with --provider");
    }
}
