using Edge.Pipeline.Events;

namespace Edge.Pipeline.Tests.Events;

internal static class SampleEvents
{
    public static DateTimeOffset Time { get; } = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    /// <summary>Every member that an event may have.</summary>
    public static InspectionEvent Full { get; } = new()
    {
        Kind = EventKind.Inspection,
        Phase = EventPhase.New,
        Stream = "top",
        EventId = "part-000017",
        Time = Time,
        CaptureTimestamp = 42,
        Verdict = Verdict.Ng,
        Score = 0.87f,
        Threshold = 0.5f,
        Objects =
        [
            new DetectedObject("scratch", 0.87f, new PixelBox(12.5f, 40, 96, 8.25f)),
            new DetectedObject("burr", 0.61f, new PixelBox(-3, 7, 10, 11)),
        ],
        Features = new Dictionary<string, double> { ["area"] = 0.031, ["sharpness"] = 118 },
        Evidence = new EvidenceReference("2026-01-02/part-000017.jpg", "image/jpeg", new string('e', 64)),
        Timing =
        [
            new StageTiming("preprocess", TimeSpan.FromMicroseconds(310.4)),
            new StageTiming("inference", TimeSpan.FromMilliseconds(4.25)),
            new StageTiming("total", TimeSpan.FromMilliseconds(5)),
        ],
        Model = new ModelReference("discs", new string('a', 64), "int8", "edge/avx2"),
        Quality = new StreamQuality(0, 2),
    };

    /// <summary>Only what an event must have.</summary>
    public static InspectionEvent Least { get; } = new() { Stream = "top", EventId = "p", Time = Time, Verdict = Verdict.Error };

    public static CloudEvent Envelope(InspectionEvent data) => new()
    {
        Id = "01234567890123456789012345678901",
        Source = "edge/v1/plant-1/line-2/cam-3",
        Boot = "b00t",
        Sequence = 17,
        Data = data,
    };
}
