using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Edge.OnnxRuntime.Providers;
using Microsoft.ML.OnnxRuntime;
using OrtSessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Edge.OnnxRuntime.Engines;

/// <summary>
/// One compiled model in the engine cache: a folder whose name follows from the model, the providers with their options and
/// versions, and the machine, so that whatever changes one of them leads to another entry.
/// </summary>
internal sealed class EngineEntry
{
    private readonly string _folder;
    private readonly EngineKind _kind;
    private readonly EngineManifest _manifest;
    private readonly string _building;

    private EngineEntry(string folder, EngineKind kind, EngineManifest manifest)
    {
        (_folder, _kind, _manifest) = (folder, kind, manifest);
        _building = Path.Combine(folder, $"engine.{Environment.ProcessId}.tmp.onnx");
    }

    /// <summary>Whether the entry holds what a session can be made from at once.</summary>
    public bool IsComplete => File.Exists(ManifestFile) && (_kind == EngineKind.TensorRt || File.Exists(EngineFile));

    /// <summary>The ONNX file to open in place of the model; null where the provider finds its files itself.</summary>
    public string? EngineModel => _kind == EngineKind.TensorRt ? null : EngineFile;

    /// <summary>Whether the engine's graph needs no further optimisation. In a context only the compiled nodes do not.</summary>
    public bool IsOptimised => _kind == EngineKind.Graph;

    private string EngineFile => Path.Combine(_folder, "engine.onnx");

    private string ManifestFile => Path.Combine(_folder, "engine.json");

    /// <summary>The entry for a session; null where there is nothing to keep, or the folder cannot be written, which is logged.</summary>
    public static EngineEntry? Find(ModelSource model, IReadOnlyList<ProviderSpec> providers, OnnxRuntimeOptions options, OrtBuild build)
    {
        if (options.EngineCache is not { } cache) return null;
        var kind = KindOf(model, providers, options);
        if (kind == EngineKind.None) return null;

        string sha = model.Sha256();
        string names = string.Join(',', providers.Select(p => p.ToString()).DefaultIfEmpty(ProviderSpec.Cpu));
        string machine = MachineIdentity.Describe(build, providers);
        byte[] key = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', sha, names, build.Version, machine, options.Optimization)));
        string label = string.Join('-', providers.Select(p => p.Name).DefaultIfEmpty(ProviderSpec.Cpu));
        string folder = Path.Combine(cache, $"{Path.GetFileNameWithoutExtension(model.Name)}-{label}-{Convert.ToHexStringLower(key.AsSpan(0, 8))}");
        var entry = new EngineEntry(folder, kind, new EngineManifest(model.Name, sha, names, build.Version, machine, 0, default));
        // A folder that somebody filled and that cannot be written to is a fine one.
        if (entry.IsComplete) return entry;
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(entry._building, []);
            File.Delete(entry._building);
            return entry;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            options.Log($"engine cache {cache}: {e.Message}; nothing is kept");
            return null;
        }
    }

    /// <summary>The providers with the options that make TensorRT use the entry.</summary>
    public IReadOnlyList<ProviderSpec> Adjust(IReadOnlyList<ProviderSpec> providers) =>
        _kind != EngineKind.TensorRt ? providers : [.. providers.Select(p => p.Name != "tensorrt" ? p : p
            .With("trt_engine_cache_enable", "1").With("trt_engine_cache_path", _folder)
            .With("trt_timing_cache_enable", "1").With("trt_timing_cache_path", _folder))];

    /// <summary>Makes ONNX Runtime write what it compiles.</summary>
    public void Keep(OrtSessionOptions session)
    {
        File.Delete(_building);
        if (_kind == EngineKind.Graph) session.OptimizedModelFilePath = _building;
        if (_kind != EngineKind.Context) return;
        session.AddSessionConfigEntry("ep.context_enable", "1");
        session.AddSessionConfigEntry("ep.context_file_path", _building);
        session.AddSessionConfigEntry("ep.context_embed_mode", "1");
    }

    /// <summary>The session was made: what it wrote becomes the entry.</summary>
    /// <returns>Whether it wrote anything; a provider that took no node does not.</returns>
    public bool Complete(TimeSpan took)
    {
        if (_kind != EngineKind.TensorRt)
        {
            if (!File.Exists(_building)) return false;
            File.Move(_building, EngineFile, overwrite: true);
        }

        string partial = $"{ManifestFile}.{Environment.ProcessId}.tmp";
        File.WriteAllText(partial, JsonSerializer.Serialize(_manifest with { BuildSeconds = took.TotalSeconds, Built = DateTimeOffset.UtcNow }, EngineJson.Default.EngineManifest));
        File.Move(partial, ManifestFile, overwrite: true);
        return true;
    }

    /// <summary>Forgets the entry: what it holds cannot be used.</summary>
    /// <returns>Whether another can take its place.</returns>
    public bool Discard()
    {
        try
        {
            File.Delete(ManifestFile);
            File.Delete(EngineFile);
            File.WriteAllBytes(_building, []);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static EngineKind KindOf(ModelSource model, IReadOnlyList<ProviderSpec> providers, OnnxRuntimeOptions options)
    {
        if (providers.Any(p => p.Name == "tensorrt")) return EngineKind.TensorRt;
        if (providers.Any(p => p.Library is not null || KnownProviders.Of(p.Name).KeepsContext)) return EngineKind.Context;
        // An optimised graph is one file: what lies outside the model would have to fit into it.
        return providers.All(p => p.Name == ProviderSpec.Cpu) && !model.HasExternalData && options.Optimization != GraphOptimizationLevel.ORT_DISABLE_ALL
            ? EngineKind.Graph : EngineKind.None;
    }
}
