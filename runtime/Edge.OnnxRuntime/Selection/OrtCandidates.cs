using Edge.OnnxRuntime.Providers;
using Edge.Runtime;
using Microsoft.ML.OnnxRuntime;

namespace Edge.OnnxRuntime.Selection;

/// <summary>The ways in which ONNX Runtime can run a model on this machine.</summary>
public static class OrtCandidates
{
    /// <summary>
    /// Each provider that can be used here. Unless <paramref name="strict"/>, the CPU (and for TensorRT CUDA) runs what it does not take: nobody
    /// asked for one of them, and the choice shows who ran how much.
    /// </summary>
    /// <param name="path">The model file.</param>
    /// <param name="template">Threads, engine cache and so on; the providers are filled in.</param>
    /// <param name="strict">Whether a provider must take all nodes.</param>
    public static IReadOnlyList<Candidate> Of(string path, OnnxRuntimeOptions template, bool strict)
    {
        var usable = ProviderDetector.Local().All().Where(p => p.Usable).ToDictionary(p => p.Name);
        return [.. usable.Values.Select(p =>
        {
            string[] helpers = strict || p.Name == ProviderSpec.Cpu ? [] : p.Name == "tensorrt" && usable.ContainsKey("cuda") ? ["cuda", ProviderSpec.Cpu] : [ProviderSpec.Cpu];
            string list = string.Join(',', [p.Name, .. helpers]);
            return new Candidate(list, p.Version, () => OnnxRuntimeSession.Load(path, With(template, list)));
        })];
    }

    /// <summary>The model node by node as it was written, on ONNX Runtime's CPU provider without any optimisation.</summary>
    public static Candidate Reference(string path) =>
        new("ONNX Runtime on the CPU, not optimised", "", () => OnnxRuntimeSession.Load(path, new OnnxRuntimeOptions { Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL, Spin = false }));

    /// <summary>SHA-256 of a model file and of the files that its tensors lie in.</summary>
    public static string Sha256(string path) => new ModelSource(Path.GetFileName(path), path, default).Sha256();

    private static OnnxRuntimeOptions With(OnnxRuntimeOptions template, string providers) => new()
    {
        Threads = template.Threads,
        Optimization = template.Optimization,
        Spin = template.Spin,
        EngineCache = template.EngineCache,
        Progress = template.Progress,
        Log = template.Log,
        Providers = ProviderSpec.ParseList(providers),
        Policy = ProviderPolicy.Fail,
    };
}
