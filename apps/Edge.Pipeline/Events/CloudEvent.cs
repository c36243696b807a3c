namespace Edge.Pipeline.Events;

/// <summary>
/// One message: an <see cref="InspectionEvent"/> in its CloudEvents 1.0 envelope. Immutable. Attributes beyond CloudEvents'
/// own are <c>boot</c>, <c>seq</c> and <c>historical</c>. Receivers drop a message whose <see cref="Source"/> and
/// <see cref="Id"/> they have seen, because delivery is at least once.
/// </summary>
public sealed record CloudEvent
{
    /// <summary>Of the message, not of the part: unique within <see cref="Source"/>.</summary>
    public required string Id { get; init; }

    /// <summary>The device: <c>edge/v1/{site}/{line}/{device}</c>, the root of its topics.</summary>
    public required string Source { get; init; }

    /// <summary>Id of the start of the device's software that made the event.</summary>
    public required string Boot { get; init; }

    /// <summary>
    /// 1, 2, 3, … without gaps within one <see cref="Boot"/>, over all streams, so that a receiver sees what is missing.
    /// </summary>
    public required long Sequence { get; init; }

    /// <summary>Sent by a later start of the software than the one that made it: file it, do not act on it.</summary>
    public bool Historical { get; init; }

    public required InspectionEvent Data { get; init; }

    public DateTimeOffset Time => Data.Time;
}
