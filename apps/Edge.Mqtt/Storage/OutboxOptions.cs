namespace Edge.Mqtt.Storage;

/// <summary>How far a committed event is safe.</summary>
public enum OutboxDurability
{
    /// <summary>
    /// Each group of appends is flushed to the device (<c>fsync</c>) before it counts as committed: it survives a loss of
    /// power, as far as the storage keeps its word.
    /// </summary>
    PowerLoss,

    /// <summary>Handed to the operating system: it survives a crash of the process, not of the system. For flash that wears out.</summary>
    ProcessCrash,
}

/// <summary>Where and how an <see cref="Outbox"/> keeps its records.</summary>
public sealed record OutboxOptions
{
    /// <summary>Created if absent. One process at a time.</summary>
    public required string Directory { get; init; }

    public OutboxDurability Durability { get; init; } = OutboxDurability.PowerLoss;

    /// <summary>
    /// The segments together do not grow beyond this. When they would, the oldest segment goes with what it holds, and
    /// the records in it that nobody acknowledged are counted in <see cref="OutboxStatus.Dropped"/> and reported: the newest news is worth
    /// more than the oldest, and a full disk helps nobody.
    /// </summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>A segment that reached this size is followed by a new one. At most a quarter of <see cref="MaxBytes"/>.</summary>
    public long SegmentBytes { get; init; } = 4L << 20;
}

/// <summary>What an <see cref="Outbox"/> holds.</summary>
/// <param name="Pending">Records committed and not acknowledged.</param>
/// <param name="Bytes">Size of all segments.</param>
/// <param name="Dropped">Unacknowledged records given up since it was opened, because it was full.</param>
/// <param name="Damaged">Unacknowledged records found unreadable since it was opened.</param>
public readonly record struct OutboxStatus(long Pending, long Bytes, long Dropped, long Damaged);

/// <summary>One record. Ordinals rise by one from record to record and are never reused while the record may still be delivered.</summary>
public readonly record struct OutboxRecord(long Ordinal, ReadOnlyMemory<byte> Body);
