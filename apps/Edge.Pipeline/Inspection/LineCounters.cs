using Edge.Pipeline.Events;

namespace Edge.Pipeline.Inspection;

/// <summary>The counters and clocks of a line, each written by one stage, or with interlocked operations, and read by anyone.</summary>
internal sealed class LineCounters
{
    /// <summary>Stages in order; their names in events and reports.</summary>
    public const string Acquire = "acquire", Queue = "queue", Preprocess = "preprocess", Inference = "inference", Postprocess = "postprocess", Evidence = "evidence", Publish = "publish";

    private static readonly string[] Order = [Acquire, Queue, Preprocess, Inference, Postprocess, Evidence, Publish];
    private readonly Dictionary<string, DurationHistogram> _stages = Order.ToDictionary(s => s, _ => new DurationHistogram());
    private readonly long[] _verdicts = new long[4];
    private long _taken, _published, _dropped, _lost, _abandoned, _evidenceFailed;

    public void Time(string stage, TimeSpan elapsed) => _stages[stage].Add(elapsed);

    public void FrameTaken() => Interlocked.Increment(ref _taken);

    public void FrameDropped() => Interlocked.Increment(ref _dropped);

    public void FramesLost(long count) => Interlocked.Add(ref _lost, count);

    public void FrameAbandoned() => Interlocked.Increment(ref _abandoned);

    public void EvidenceFailed() => Interlocked.Increment(ref _evidenceFailed);

    public void EventPublished(Verdict verdict)
    {
        Interlocked.Increment(ref _verdicts[(int)verdict]);
        Interlocked.Increment(ref _published);
    }

    public LineReport Report() => new(
        Interlocked.Read(ref _taken), Interlocked.Read(ref _published),
        Interlocked.Read(ref _verdicts[(int)Verdict.Ok]), Interlocked.Read(ref _verdicts[(int)Verdict.Ng]),
        Interlocked.Read(ref _verdicts[(int)Verdict.Unsure]), Interlocked.Read(ref _verdicts[(int)Verdict.Error]),
        Interlocked.Read(ref _dropped), Interlocked.Read(ref _lost), Interlocked.Read(ref _abandoned), Interlocked.Read(ref _evidenceFailed),
        [.. Order.Select(s => (Name: s, Clock: _stages[s])).Select(s => new StageReport(
            s.Name, s.Clock.Count, s.Clock.Mean, s.Clock.Percentile(0.5), s.Clock.Percentile(0.99), s.Clock.Max))]);
}
