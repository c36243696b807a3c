namespace Edge.OnnxRuntime.Engines;

/// <summary>
/// A session is being made. ONNX Runtime tells no percentage, so the time that has passed is all there is to show.
/// </summary>
/// <param name="Model">The model's name.</param>
/// <param name="Providers">Who prepares it: <c>tensorrt,cuda</c>.</param>
/// <param name="Source">Whether it is built or read from the cache.</param>
/// <param name="Elapsed">Time since the beginning.</param>
/// <param name="Done">Whether this is the last report.</param>
public sealed record EngineProgress(string Model, string Providers, EngineSource Source, TimeSpan Elapsed, bool Done);

/// <summary>Where a session's compiled form comes from.</summary>
public enum EngineSource
{
    /// <summary>Made for this session; nothing is kept.</summary>
    Built,

    /// <summary>Made for this session and put into the cache.</summary>
    BuiltAndKept,

    /// <summary>Read from the cache.</summary>
    Cached,
}
