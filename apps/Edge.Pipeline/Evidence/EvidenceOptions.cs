using Edge.Pipeline.Events;

namespace Edge.Pipeline.Evidence;

/// <summary>Which evidence is kept, where, and how much. Immutable.</summary>
/// <param name="Folder">Made if it does not exist. Pictures are named after their event.</param>
public sealed record EvidenceOptions(string Folder)
{
    /// <summary>Verdicts whose pictures are kept. Errors have no picture.</summary>
    public IReadOnlyList<Verdict> Verdicts { get; init; } = [Verdict.Ng, Verdict.Unsure];

    /// <summary>When there are more, the oldest are deleted.</summary>
    public int MaxFiles { get; init; } = 1000;

    /// <summary>When there are more, the oldest are deleted.</summary>
    public long MaxBytes { get; init; } = 500L << 20;

    /// <summary>Of the JPEG, 1…100.</summary>
    public int Quality { get; init; } = 85;
}
