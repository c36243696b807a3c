using Edge.Runtime;

namespace Edge.OnnxRuntime.Selection;

/// <summary>One way to run a model, to be measured against others.</summary>
/// <param name="Name">As configurations write it: <c>edge</c>, <c>cpu</c>, <c>cuda,cpu</c>.</param>
/// <param name="Version">Of its libraries: another version is measured anew.</param>
/// <param name="Open">Makes a session; throws what <see cref="OnnxRuntimeSession"/> and <see cref="InferenceSession"/> throw.</param>
public sealed record Candidate(string Name, string Version, Func<IInferenceSession> Open);
