using Edge.Onnx;
using Edge.OnnxRuntime.Engines;
using Edge.OnnxRuntime.Native;
using Edge.OnnxRuntime.Providers;
using Microsoft.ML.OnnxRuntime;
using OrtSession = Microsoft.ML.OnnxRuntime.InferenceSession;
using OrtSessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Edge.OnnxRuntime;

/// <summary>Makes one session: providers that are there, what the engine cache holds, and then the policy on where the nodes went.</summary>
internal sealed class SessionMaker(ModelSource model, OnnxRuntimeOptions options)
{
    private readonly OrtBuild _build = OrtLibrary.Build;

    public OnnxRuntimeSession Make()
    {
        var providers = Present();
        var session = Open(providers);
        try
        {
            var placement = GraphAssignment.Read(session);
            Judge(placement, providers);
            return new OnnxRuntimeSession(session, model.Columns, placement, providers);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Of the providers that were asked for those that are there; the policy says what the others mean.</summary>
    private List<ProviderSpec> Present()
    {
        var present = new List<ProviderSpec>();
        var detector = new ProviderDetector(_build, MachineFiles.Local);
        foreach (var spec in options.Providers)
        {
            var status = detector.Check(spec);
            if (status.Usable) present.Add(spec);
            else Complain(detector.Explain(status));
        }

        return present;
    }

    /// <param name="providers">Those to use, best first. One that fails, and that the policy lets go, is taken off the list.</param>
    private OrtSession Open(List<ProviderSpec> providers)
    {
        while (true)
        {
            try
            {
                return OpenOrBuild(providers);
            }
            catch (OnnxRuntimeException e) when (providers.All(IsCpu))
            {
                throw new ModelException($"{model.Name}: ONNX Runtime refuses the model: {NativeErrors.Reason(e)}", e);
            }
            catch (ProviderException e) when (options.Policy != ProviderPolicy.Fail && !providers.All(IsCpu))
            {
                Complain(e.Message);
            }
            catch (OnnxRuntimeException e)
            {
                Complain($"{model.Name}: ONNX Runtime cannot run it with {Names(providers)}: {NativeErrors.Reason(e)}", e);
            }

            providers.RemoveAt(providers.FindIndex(p => !IsCpu(p)));
        }
    }

    private OrtSession OpenOrBuild(IReadOnlyList<ProviderSpec> providers)
    {
        var entry = EngineEntry.Find(model, providers, options, _build);
        if (entry is { IsComplete: true })
        {
            try
            {
                return OpenCached(providers, entry);
            }
            catch (OnnxRuntimeException e)
            {
                options.Log($"{model.Name}: the engine in {options.EngineCache} cannot be used and is built again: {NativeErrors.Reason(e)}");
                if (!entry.Discard()) entry = null;
            }
        }

        return Build(providers, entry);
    }

    private OrtSession OpenCached(IReadOnlyList<ProviderSpec> providers, EngineEntry entry)
    {
        using var session = SessionOptions(entry.Adjust(providers));
        using var ticker = Report(providers, EngineSource.Cached);
        if (entry.EngineModel is not { } file) return model.Open(session);
        if (entry.IsOptimised) session.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        return new OrtSession(file, session);
    }

    private OrtSession Build(IReadOnlyList<ProviderSpec> providers, EngineEntry? entry)
    {
        using var session = SessionOptions(entry?.Adjust(providers) ?? providers);
        entry?.Keep(session);
        long start = TimeProvider.System.GetTimestamp();
        OrtSession made;
        using (Report(providers, entry is null ? EngineSource.Built : EngineSource.BuiltAndKept)) made = model.Open(session);
        try
        {
            if (entry?.Complete(TimeProvider.System.GetElapsedTime(start)) == false) options.Log($"{model.Name}: {Names(providers)} compiled nothing that could be kept in {options.EngineCache}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            options.Log($"engine cache {options.EngineCache}: {e.Message}; nothing is kept");
        }

        return made;
    }

    private OrtSessionOptions SessionOptions(IReadOnlyList<ProviderSpec> providers)
    {
        var session = new OrtSessionOptions();
        try
        {
            session.GraphOptimizationLevel = options.Optimization;
            // Errors arrive as exceptions; on the error stream they would be told twice.
            session.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
            session.IntraOpNumThreads = options.Threads;
            if (!options.Spin) session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            session.AddSessionConfigEntry(GraphAssignment.ConfigKey, "1");
            foreach (var spec in providers) ProviderRegistration.Append(session, spec);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Holds the placement against what was asked for and is there; what is not there has been complained about.</summary>
    private void Judge(IReadOnlyList<NodePlacement> placement, List<ProviderSpec> providers)
    {
        var onCpu = placement.Where(p => p.Provider == ProviderSpec.Cpu).ToList();
        if (onCpu.Count == 0 || providers.All(IsCpu)) return;
        string names = Names(providers.Where(p => !IsCpu(p)));
        if (onCpu.Count == placement.Count) Complain($"{model.Name}: {names} takes none of the {placement.Count} nodes; all of them would run on the CPU");
        else if (!providers.Any(IsCpu)) Complain($"{model.Name}: {onCpu.Count} of {placement.Count} nodes would run on the CPU, which {names} does not take: {Some(onCpu)}; list cpu as well to accept that: {string.Join(',', providers)},cpu");
    }

    private void Complain(string message, Exception? inner = null)
    {
        switch (options.Policy)
        {
            case ProviderPolicy.Fail: throw inner is null ? new ProviderException(message) : new ProviderException(message, inner);
            case ProviderPolicy.Warn: options.Log(message); break;
            default: break;
        }
    }

    private ProgressTicker? Report(IReadOnlyList<ProviderSpec> providers, EngineSource source) =>
        options.Progress is { } progress ? new ProgressTicker(progress, new EngineProgress(model.Name, Names(providers), source, TimeSpan.Zero, false), TimeProvider.System) : null;

    private static bool IsCpu(ProviderSpec spec) => spec.Name == ProviderSpec.Cpu;

    private static string Names(IEnumerable<ProviderSpec> providers) => string.Join(',', providers.Select(p => p.Label).DefaultIfEmpty(ProviderSpec.Cpu));

    private static string Some(List<NodePlacement> nodes)
    {
        const int Named = 5;
        return string.Join(", ", nodes.Take(Named)) + (nodes.Count > Named ? $" and {nodes.Count - Named} more" : "");
    }
}
