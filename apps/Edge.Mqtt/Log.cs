using Microsoft.Extensions.Logging;

namespace Edge.Mqtt;

/// <summary>Every line that this library logs. Warning: someone should look; information: a change of state; no line per event.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "outbox {Directory}: the record of what was acknowledged is damaged; everything kept is sent again, receivers drop what they have by its id")]
    public static partial void AcknowledgementsDamaged(this ILogger log, string directory);

    [LoggerMessage(2, LogLevel.Information, "outbox {Path}: cut {Bytes} bytes of an unfinished record that was never reported as committed; {Records} records before it are intact")]
    public static partial void TailCut(this ILogger log, string path, long bytes, long records);

    [LoggerMessage(3, LogLevel.Error, "outbox {Path}: {Count} records from number {FirstOrdinal} on are damaged and lost; check the storage device")]
    public static partial void RecordsDamaged(this ILogger log, string path, long count, long firstOrdinal);

    [LoggerMessage(4, LogLevel.Error, "outbox {Directory} cannot be written: {Reason}; events are refused until it can")]
    public static partial void StorageFailed(this ILogger log, string directory, string reason);

    [LoggerMessage(5, LogLevel.Information, "outbox {Directory} is written again")]
    public static partial void StorageWorksAgain(this ILogger log, string directory);

    [LoggerMessage(6, LogLevel.Warning, "outbox {Path}: an unfinished write could not be cut off; it is passed over when reading")]
    public static partial void TailLeft(this ILogger log, string path);

    [LoggerMessage(7, LogLevel.Error, "outbox {Directory} reached its limit of {MaxBytes} bytes: dropped the {Count} oldest events that no broker acknowledged")]
    public static partial void OldestDropped(this ILogger log, string directory, long maxBytes, long count);
}
