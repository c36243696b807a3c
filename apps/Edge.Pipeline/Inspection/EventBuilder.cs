using Edge.Pipeline.Events;
using Edge.Pipeline.Postprocessing;

namespace Edge.Pipeline.Inspection;

/// <summary>Puts an inspected part into the words of the event contract.</summary>
internal static class EventBuilder
{
    public static InspectionEvent Build(
        InspectionLineOptions options, Labels labels, string eventId, in Inspected part, EvidenceReference? evidence, TimeSpan keeping, long lost)
    {
        bool failed = part.Error is not null;
        Findings findings = failed ? new Findings() : part.Result.Findings;
        return new InspectionEvent
        {
            Kind = EventKind.Inspection,
            Phase = EventPhase.New,
            Stream = options.Stream,
            EventId = eventId,
            Time = part.Item.Frame?.Timestamp ?? DateTimeOffset.UtcNow,
            CaptureTimestamp = part.Item.Frame?.CapturedAt ?? 0,
            Verdict = failed ? Verdict.Error : part.Result.Decision.Verdict,
            Score = failed ? null : part.Result.Decision.Score,
            Threshold = failed ? null : part.Result.Decision.Threshold,
            Objects = [.. findings.Objects.Select(d => Object(labels, d))],
            Features = Features(labels, findings),
            Evidence = evidence,
            Timing = Timing(part, evidence is not null, keeping),
            Model = options.Model,
            Quality = new StreamQuality(0, lost),
        };
    }

    private static DetectedObject Object(Labels labels, in Detection d) =>
        new(labels[d.ClassId], d.Score, new PixelBox(d.Box.Left, d.Box.Top, d.Box.Width, d.Box.Height));

    private static Dictionary<string, double> Features(Labels labels, Findings findings)
    {
        var features = new Dictionary<string, double>();
        foreach (ClassScore top in findings.Top) features[labels[top.ClassId]] = top.Score;
        if (findings.Anomaly is { } anomaly) features["anomaly"] = anomaly;
        return features;
    }

    private static List<StageTiming> Timing(in Inspected part, bool kept, TimeSpan keeping)
    {
        List<StageTiming> timing = [new(LineCounters.Acquire, part.Item.Elapsed), new(LineCounters.Queue, part.Waited)];
        if (part.Error is not null) return timing;
        timing.Add(new StageTiming(LineCounters.Preprocess, part.Result.Preprocess));
        timing.Add(new StageTiming(LineCounters.Inference, part.Result.Inference));
        timing.Add(new StageTiming(LineCounters.Postprocess, part.Result.Postprocess));
        if (kept) timing.Add(new StageTiming(LineCounters.Evidence, keeping));
        return timing;
    }
}
