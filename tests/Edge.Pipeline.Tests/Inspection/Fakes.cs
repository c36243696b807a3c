using System.Diagnostics;
using Edge.Devices;
using Edge.Pipeline.Events;

namespace Edge.Pipeline.Tests.Inspection;

/// <summary>A source of even grey pictures: one a step of a script, which may also throw.</summary>
internal sealed class FakeSource(params IReadOnlyList<Func<long, Frame?>> script) : IFrameSource
{
    private int _at;

    public string Name => "fake";

    /// <summary>Awaited before each frame.</summary>
    public Func<int, CancellationToken, Task>? Before { get; init; }

    public int Read => _at;

    public static FakeSource Of(FramePool pool, params byte[] levels) =>
        new([.. levels.Select(level => (Func<long, Frame?>)(sequence => Gray(pool, sequence, level)))]);

    public static Frame Gray(FramePool pool, long sequence, byte level)
    {
        var frame = new Frame(pool.Rent(256), 16, 16, 16, PixelFormat.Gray8)
        {
            Sequence = sequence,
            Name = $"part {sequence}",
            Timestamp = DateTimeOffset.UnixEpoch.AddSeconds(sequence),
            CapturedAt = Stopwatch.GetTimestamp(),
        };
        frame.Pixels.Span.Fill(level);
        return frame;
    }

    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (Before is { } before) await before(_at, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return _at == script.Count ? null : script[_at](_at++);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Keeps what is published.</summary>
internal sealed class FakeSink : IEventSink
{
    public event Action<EventAcknowledgement>? Acknowledged;

    public List<InspectionEvent> Events { get; } = [];

    /// <summary>Awaited before an event is taken.</summary>
    public Func<InspectionEvent, CancellationToken, Task>? Before { get; init; }

    public async ValueTask<EventReceipt> PublishAsync(InspectionEvent inspection, CancellationToken cancellationToken = default)
    {
        if (Before is { } before) await before(inspection, cancellationToken);
        // What the real sink checks.
        new EventStamp("edge/v1/site/line/device", "boot").Stamp(inspection);
        Events.Add(inspection);
        Acknowledged?.Invoke(new EventAcknowledgement(Events.Count, inspection.CaptureTimestamp, Stopwatch.GetTimestamp()));
        return new EventReceipt(Identifier.New(), Events.Count);
    }
}
