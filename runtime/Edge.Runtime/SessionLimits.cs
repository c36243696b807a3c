namespace Edge.Runtime;

/// <summary>
/// How much a model may ask of the machine that runs it: a few bytes of a hostile file can ask for terabytes, or for an
/// hour. What exceeds a limit ends in a <see cref="Onnx.ModelException"/> that names the limit. Reading the file has
/// limits of its own, <see cref="Onnx.OnnxLimits"/>.
/// </summary>
public sealed record SessionLimits
{
    /// <summary>The limits that are used when none are given.</summary>
    public static SessionLimits Default { get; } = new();

    /// <summary>The most memory that activations and scratch may take, in bytes. 1 GiB.</summary>
    public long MaxActivationBytes { get; init => field = Positive(value, nameof(MaxActivationBytes)); } = 1L << 30;

    /// <summary>
    /// Nodes of the graph once the model's functions are inlined, those of branches and loop bodies included. 200,000.
    /// </summary>
    public int MaxNodes { get; init => field = (int)Positive(value, nameof(MaxNodes)); } = 200_000;

    /// <summary>How deep If, Loop, Scan and functions may be nested. 16.</summary>
    public int MaxSubgraphDepth { get; init => field = (int)Positive(value, nameof(MaxSubgraphDepth)); } = 16;

    /// <summary>How often the body of one Loop may run. 10 million.</summary>
    public long MaxLoopIterations { get; init => field = Positive(value, nameof(MaxLoopIterations)); } = 10_000_000;

    /// <summary>Bytes of a result that is computed when the session is made rather than in each run. 32 MiB.</summary>
    public long MaxFoldedBytes { get; init => field = Positive(value, nameof(MaxFoldedBytes)); } = 32L << 20;

    private static long Positive(long value, string name) =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive");
}
