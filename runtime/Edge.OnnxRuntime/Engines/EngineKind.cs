namespace Edge.OnnxRuntime.Engines;

/// <summary>What a configuration compiles that can be kept.</summary>
internal enum EngineKind
{
    /// <summary>Nothing: CUDA, XNNPACK and ACL prepare kernels in memory.</summary>
    None,

    /// <summary>The CPU's optimised graph, one ONNX file.</summary>
    Graph,

    /// <summary>An ONNX file that carries the provider's machine code in EPContext nodes.</summary>
    Context,

    /// <summary>Files that TensorRT names and reads itself.</summary>
    TensorRt,
}
