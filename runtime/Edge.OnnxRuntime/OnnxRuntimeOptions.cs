using Edge.OnnxRuntime.Engines;
using Edge.OnnxRuntime.Providers;
using Microsoft.ML.OnnxRuntime;

namespace Edge.OnnxRuntime;

/// <summary>How ONNX Runtime runs a model.</summary>
public sealed class OnnxRuntimeOptions
{
    /// <summary>Threads of one run; 0 leaves the choice to ONNX Runtime.</summary>
    public int Threads { get; set; }

    /// <summary>How far ONNX Runtime rewrites the graph.</summary>
    public GraphOptimizationLevel Optimization { get; set; } = GraphOptimizationLevel.ORT_ENABLE_ALL;

    /// <summary>Whether idle threads spin. On as by default; off to share a machine.</summary>
    public bool Spin { get; set; } = true;

    /// <summary>
    /// Execution providers, best first; empty for the CPU. Nodes that none of them takes run on the CPU: list it as well if
    /// that is meant, else <see cref="Policy"/> decides.
    /// </summary>
    public IReadOnlyList<ProviderSpec> Providers { get; set; } = [];

    /// <summary>What happens when a provider is missing, or nodes would run on the CPU although it is not listed.</summary>
    public ProviderPolicy Policy { get; set; } = ProviderPolicy.Fail;

    /// <summary>
    /// A folder that keeps what providers compile (TensorRT engines, QNN and OpenVINO contexts, the CPU's optimised graph) by model,
    /// provider, version and machine; null to compile each time. One folder may serve many models.
    /// </summary>
    public string? EngineCache { get; set; }

    /// <summary>Is told when a provider begins to prepare the model, each second while it does, and when it is done.</summary>
    public IProgress<EngineProgress>? Progress { get; set; }

    /// <summary>Where <see cref="ProviderPolicy.Warn"/> and the engine cache tell what they found; the error stream unless it is set.</summary>
    public Action<string> Log { get; set; } = Console.Error.WriteLine;
}
