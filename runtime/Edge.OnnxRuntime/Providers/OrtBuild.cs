namespace Edge.OnnxRuntime.Providers;

/// <summary>What the ONNX Runtime library that is loaded was built with.</summary>
/// <param name="Version">Its version, such as <c>1.31.1</c>.</param>
/// <param name="Library">Its file; null where the system does not tell.</param>
/// <param name="ExecutionProviders">Providers by ONNX Runtime's own names, such as <c>CPUExecutionProvider</c>.</param>
public sealed record OrtBuild(string Version, string? Library, IReadOnlyList<string> ExecutionProviders)
{
    /// <summary><c>ONNX Runtime 1.31.1 (/opt/edge/libonnxruntime.so)</c>.</summary>
    public override string ToString() => $"ONNX Runtime {Version}{(Library is null ? "" : $" ({Library})")}";
}
