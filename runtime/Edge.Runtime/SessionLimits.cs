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

    /// <summary>The most memory that activations and scratch may take, and the inputs and outputs, each on their own, in bytes. 1 GiB.</summary>
    public long MaxActivationBytes { get; init => field = Positive(value, nameof(MaxActivationBytes)); } = 1L << 30;

    /// <summary>
    /// Nodes of the graph once the model's functions are inlined, those of branches and loop bodies included. 200,000.
    /// </summary>
    public int MaxNodes { get; init => field = (int)Positive(value, nameof(MaxNodes)); } = 200_000;

    /// <summary>How deep If, Loop, Scan and functions may be nested. 16.</summary>
    public int MaxSubgraphDepth { get; init => field = (int)Positive(value, nameof(MaxSubgraphDepth)); } = 16;

    /// <summary>How often the bodies of Loop, Scan and SequenceMap may run in one run, all together. 10 million.</summary>
    public long MaxLoopIterations { get; init => field = Positive(value, nameof(MaxLoopIterations)); } = 10_000_000;

    /// <summary>Bytes of a result that is computed when the session is made rather than in each run. 32 MiB.</summary>
    public long MaxFoldedBytes { get; init => field = Positive(value, nameof(MaxFoldedBytes)); } = 32L << 20;

    /// <summary>
    /// How long one run may take: 10 minutes. Looked at between nodes, so that a loop ends in time; a node that has begun
    /// is not interrupted.
    /// </summary>
    public TimeSpan MaxRunTime { get; init => field = TimeSpan.FromTicks(Positive(value.Ticks, nameof(MaxRunTime))); } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Multiply-accumulates, or taps of windows, of one execution of a node. 10¹³, which is a minute or more; the largest
    /// convolutions and products of real models take a hundredth of it.
    /// </summary>
    public long MaxNodeWork { get; init => field = Positive(value, nameof(MaxNodeWork)); } = 10_000_000_000_000;

    private static long Positive(long value, string name) =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive");
}
