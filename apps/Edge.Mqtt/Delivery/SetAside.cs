using System.Globalization;
using Edge.Mqtt.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Mqtt.Delivery;

/// <summary>
/// The folder for events that can never be delivered (too large for the broker, a payload that it rejects): they must not
/// block those behind them, nor vanish. Nobody deletes them but a person.
/// </summary>
internal sealed class SetAside(string folder, ILogger log)
{
    private long _count;

    /// <summary>Since the start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Keeps the record's body under its ordinal and reports it. Doing it twice changes nothing.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Keep(OutboxRecord record, string topic, string reason)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, record.Ordinal.ToString("D20", CultureInfo.InvariantCulture) + ".event");
        if (File.Exists(path))
            return;
        File.WriteAllBytes(path, record.Body.Span);
        Interlocked.Increment(ref _count);
        log.EventSetAside(topic, reason, path);
    }
}
