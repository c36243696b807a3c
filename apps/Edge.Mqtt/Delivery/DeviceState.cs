using System.Text.Json;
using Edge.Mqtt.Connection;
using Edge.Mqtt.Discovery;
using Edge.Mqtt.Payloads;
using Edge.Pipeline.Events;
using Microsoft.Extensions.Logging;

namespace Edge.Mqtt.Delivery;

/// <summary>The device's retained topics: status, birth, streams, counts, discovery. Safe for concurrent use.</summary>
internal sealed class DeviceState(Topics topics, string boot, ILogger log)
{
    private const string SchemaVersion = "1";

    /// <summary>Counts change with every part, and the last value is all that counts.</summary>
    private static readonly TimeSpan s_countInterval = TimeSpan.FromSeconds(1);

    private readonly StateBoard _states = new(TimeSpan.Zero, log);
    private readonly StateBoard _counts = new(s_countInterval, log);

    public LastWill LastWill { get; } = new(topics.Status, Status(new StatusPayload("offline", boot)));

    public void SetStatus(string state) =>
        _states.Set(Messages.State(topics.Status, Status(new StatusPayload(state, boot, DateTimeOffset.UtcNow))));

    public void Describe(DeviceDescription device, bool homeAssistant)
    {
        var birth = new BirthPayload(SchemaVersion, boot, DateTimeOffset.UtcNow, device.Software, [.. device.Streams.Select(Stream)]);
        _states.Set(Messages.State(topics.Birth, JsonSerializer.SerializeToUtf8Bytes(birth, StateJsonContext.Default.BirthPayload)));
        if (homeAssistant)
            _states.Set(Messages.State(topics.HomeAssistantConfiguration, HomeAssistantDiscovery.Write(topics, device)));
    }

    public void SetStream(string stream, StreamState state, DateTimeOffset? lastFrame)
    {
        string word = state switch
        {
            StreamState.Online => "online",
            StreamState.Stalled => "stalled",
            StreamState.Offline => "offline",
            StreamState.Disabled => "disabled",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
        };
        var payload = new StreamStatusPayload(word, boot, lastFrame);
        _states.Set(Messages.State(topics.StreamStatus(stream), JsonSerializer.SerializeToUtf8Bytes(payload, StateJsonContext.Default.StreamStatusPayload)));
    }

    public void SetCount(string stream, StreamCount count)
    {
        var payload = new CountPayload(count.Ok, count.Ng, count.Unsure, count.Error, boot);
        _counts.Set(Messages.Count(topics.Count(stream), JsonSerializer.SerializeToUtf8Bytes(payload, StateJsonContext.Default.CountPayload)));
    }

    /// <summary>Sends all of it again.</summary>
    public void Repeat()
    {
        _states.Repeat();
        _counts.Repeat();
    }

    /// <summary>Two tasks that send changes until the session is lost or the token is cancelled; both end in an exception.</summary>
    public Task[] Run(MqttSession session, CancellationToken cancellationToken) =>
        [_states.RunAsync(session, cancellationToken), _counts.RunAsync(session, cancellationToken)];

    /// <summary>The last counts, and <c>offline</c>: a clean end publishes no last will.</summary>
    public async Task FarewellAsync(MqttSession session)
    {
        SetStatus("offline");
        await _counts.FlushAsync(session, CancellationToken.None).ConfigureAwait(false);
        await _states.FlushAsync(session, CancellationToken.None).ConfigureAwait(false);
    }

    private static byte[] Status(StatusPayload payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, StateJsonContext.Default.StatusPayload);

    private static BirthStreamPayload Stream(StreamDescription stream) => new(
        Identifier.RequireName(stream.Name, "stream"),
        EventWords.Type(stream.Kind),
        stream.Model is { } m ? new BirthModelPayload(m.Name, m.Sha256, m.Precision, m.Provider) : null);
}
