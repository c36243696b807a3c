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

    [LoggerMessage(20, LogLevel.Information, "mqtt {Address}: connected as {ClientId}")]
    public static partial void Connected(this ILogger log, string address, string clientId);

    [LoggerMessage(21, LogLevel.Warning, "mqtt {Address}: {Problem}; trying again")]
    public static partial void Disconnected(this ILogger log, string address, string problem);

    [LoggerMessage(22, LogLevel.Warning, "mqtt {Address}: the broker's certificate is not checked; whoever is on the way can read and change everything")]
    public static partial void Untrusted(this ILogger log, string address);

    [LoggerMessage(23, LogLevel.Error, "mqtt {Address}: an error in the delivery; connecting anew")]
    public static partial void ServingFailed(this ILogger log, Exception exception, string address);

    [LoggerMessage(24, LogLevel.Warning, "mqtt: the broker refused a subscription ({Filter}); check what it allows this user")]
    public static partial void SubscriptionRefused(this ILogger log, string filter);

    [LoggerMessage(30, LogLevel.Error, "mqtt: the broker refuses to take an event on {Topic} with {Reason}; it and those behind it wait, check what the broker allows this user")]
    public static partial void EventRefused(this ILogger log, string topic, string reason);

    [LoggerMessage(31, LogLevel.Information, "mqtt: the broker takes events again")]
    public static partial void EventsTakenAgain(this ILogger log);

    [LoggerMessage(32, LogLevel.Error, "mqtt: an event on {Topic} can never be delivered ({Reason}); it is set aside in {Path}")]
    public static partial void EventSetAside(this ILogger log, string topic, string reason, string path);

    [LoggerMessage(33, LogLevel.Warning, "mqtt: the broker refused {Topic} with {Reason}")]
    public static partial void StateRefused(this ILogger log, string topic, string reason);

    [LoggerMessage(34, LogLevel.Information, "outbox {Directory}: {Count} events of earlier runs are sent first, marked historical")]
    public static partial void HistoricalFirst(this ILogger log, string directory, long count);

    [LoggerMessage(35, LogLevel.Warning, "no broker: events are kept in {Directory} until there is one")]
    public static partial void KeepingEvents(this ILogger log, string directory);

    [LoggerMessage(36, LogLevel.Information, "broker is back: {Count} kept events are on their way")]
    public static partial void SendingKeptEvents(this ILogger log, long count);

    [LoggerMessage(40, LogLevel.Warning, "mqtt: command {Topic} ignored: {Reason}")]
    public static partial void CommandIgnored(this ILogger log, string topic, string reason);

    [LoggerMessage(41, LogLevel.Error, "mqtt: command {Name} failed")]
    public static partial void CommandFailed(this ILogger log, Exception exception, string name);

    [LoggerMessage(50, LogLevel.Warning, "mqtt: a message on {Topic} is no event: {Reason}")]
    public static partial void NotAnEvent(this ILogger log, string topic, string reason);
}
