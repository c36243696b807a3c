using System.Text.Json;
using Edge.Mqtt.Connection;
using Edge.Mqtt.Payloads;
using Edge.Mqtt.Storage;

namespace Edge.Mqtt.Delivery;

/// <summary>How the device does, at one moment.</summary>
internal readonly record struct HealthReport(TimeSpan Uptime, long Connects, OutboxStatus Outbox, long SetAside, IReadOnlyDictionary<string, double>? Values);

/// <summary>Publishes <c>R/health</c>, QoS 0, at once and then again and again; it expires after three intervals.</summary>
internal static class HealthMessages
{
    /// <summary>Until the session is lost or the token is cancelled; both end in an exception.</summary>
    public static async Task RunAsync(MqttSession session, MqttSinkOptions options, string boot, Func<HealthReport> health, CancellationToken cancellationToken)
    {
        if (options.HealthInterval <= TimeSpan.Zero)
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(options.HealthInterval);
        do
        {
            byte[] payload = Write(boot, health());
            await session.PublishAsync(Messages.Passing(options.Topics.Health, payload, 3 * options.HealthInterval), cancellationToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    private static byte[] Write(string boot, HealthReport report)
    {
        OutboxStatus outbox = report.Outbox;
        var payload = new HealthPayload(
            boot,
            DateTimeOffset.UtcNow,
            (long)report.Uptime.TotalSeconds,
            Environment.WorkingSet,
            report.Connects,
            new OutboxPayload(outbox.Pending, outbox.Bytes, outbox.Dropped, outbox.Damaged, report.SetAside),
            // JSON knows no NaN; a sensor that fails has no value.
            new Dictionary<string, double>((report.Values ?? new Dictionary<string, double>()).Where(v => double.IsFinite(v.Value))));
        return JsonSerializer.SerializeToUtf8Bytes(payload, StateJsonContext.Default.HealthPayload);
    }
}
