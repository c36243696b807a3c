namespace Edge.OnnxRuntime.Providers;

/// <summary>Whether a provider can be used on this machine.</summary>
/// <param name="Name"><c>cuda</c>, or what a plug-in is called.</param>
/// <param name="About">What it runs on.</param>
/// <param name="Version">Versions of what was found; empty if nothing was.</param>
/// <param name="Missing">What is missing, each in words; empty for a provider that can be used.</param>
/// <param name="Remedy">What would help; empty for a provider that can be used.</param>
public sealed record ProviderStatus(string Name, string About, string Version, IReadOnlyList<string> Missing, string Remedy)
{
    /// <summary>Whether ONNX Runtime was built with it.</summary>
    public bool Built { get; init; } = true;

    public bool Usable => Missing.Count == 0;
}
