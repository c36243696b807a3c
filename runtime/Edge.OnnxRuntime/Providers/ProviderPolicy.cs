namespace Edge.OnnxRuntime.Providers;

/// <summary>What happens when a provider is missing, or nodes would run where nobody asked them to.</summary>
public enum ProviderPolicy
{
    /// <summary>The session is refused.</summary>
    Fail,

    /// <summary>It is logged, and the session goes on with what there is.</summary>
    Warn,

    /// <summary>The session goes on with what there is; <see cref="OnnxRuntimeSession.Placement"/> tells.</summary>
    Allow,
}
