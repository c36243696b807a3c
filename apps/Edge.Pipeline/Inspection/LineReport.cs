using Edge.Pipeline.Events;

namespace Edge.Pipeline.Inspection;

/// <summary>How long one stage took, over all frames so far.</summary>
public readonly record struct StageReport(string Stage, long Count, TimeSpan Mean, TimeSpan Median, TimeSpan P99, TimeSpan Max);

/// <summary>What a line has done so far. Every frame taken is in exactly one of Published, Dropped, Abandoned, or still under way.</summary>
/// <param name="Taken">Frames that the source delivered or failed to deliver.</param>
/// <param name="Published">Events committed, errors included.</param>
/// <param name="Ok">Of those.</param>
/// <param name="Ng">Of those.</param>
/// <param name="Unsure">Of those.</param>
/// <param name="Errors">Of those: frames that could not be inspected.</param>
/// <param name="Dropped">Frames dropped because the queue was full.</param>
/// <param name="LostBySource">Gaps in the numbers of the source's frames.</param>
/// <param name="Abandoned">Frames not inspected or published because the line was stopped or failed.</param>
/// <param name="EvidenceFailed">Evidence pictures that could not be kept; their events were published without.</param>
/// <param name="Stages">In the order of the stages.</param>
public sealed record LineReport(
    long Taken, long Published, long Ok, long Ng, long Unsure, long Errors, long Dropped, long LostBySource, long Abandoned, long EvidenceFailed,
    IReadOnlyList<StageReport> Stages)
{
    public long Of(Verdict verdict) => verdict switch
    {
        Verdict.Ok => Ok,
        Verdict.Ng => Ng,
        Verdict.Unsure => Unsure,
        _ => Errors,
    };
}
