namespace Edge.Runtime;

/// <summary>How a session is built and run. Read once, by the session's constructor.</summary>
public sealed class SessionOptions
{
    /// <summary>Threads that work on one run, the caller included; 0 for one a core.</summary>
    public int Threads { get; set; }

    /// <summary>The kernel set to use (<c>scalar</c>, <c>avx2</c>, <c>neon</c>, …); null for the one that <c>EDGE_ISA</c> names, else the best.</summary>
    public string? Isa { get; set; }

    /// <summary>Rewrite the graph before planning. Off, every node runs as the model has it: slower, for comparison.</summary>
    public bool Optimize { get; set; } = true;

    /// <summary>Measure every step; see <see cref="InferenceSession.Profile"/>.</summary>
    public bool Profile { get; set; }

    /// <summary>How much the model may ask for.</summary>
    public SessionLimits Limits { get; set; } = SessionLimits.Default;

    /// <summary>Sizes for free dimensions by symbol (<c>batch</c> → 1). The plan for these is built at once, not at the first run.</summary>
    public IDictionary<string, int> Dimensions { get; } = new Dictionary<string, int>();
}
