namespace Edge.Pipeline.Postprocessing;

/// <summary>What a model says about one picture. Immutable.</summary>
public sealed record Findings
{
    /// <summary>Of a classifier: the score of every class; empty for others.</summary>
    public IReadOnlyList<float> Scores { get; init; } = [];

    /// <summary>Of a classifier: the best classes, best first.</summary>
    public IReadOnlyList<ClassScore> Top { get; init; } = [];

    /// <summary>Of a detector: what was found, best first, in pixels of the source picture and cut off at its edges; what then has no area is left out.</summary>
    public IReadOnlyList<Detection> Objects { get; init; } = [];

    /// <summary>Of an anomaly detector: how unusual the picture is, in the model's unit.</summary>
    public float? Anomaly { get; init; }
}
