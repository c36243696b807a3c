using Edge.Mqtt.Storage;

namespace Edge.Mqtt;

/// <summary>What a <see cref="MqttEventSink"/> needs to know.</summary>
public sealed record MqttSinkOptions
{
    public required Topics Topics { get; init; }

    public required MqttOptions Broker { get; init; }

    public required OutboxOptions Outbox { get; init; }

    public required DeviceDescription Device { get; init; }

    /// <summary>Publish Home Assistant's discovery of the device.</summary>
    public bool HomeAssistant { get; init; }

    /// <summary>Allow <see cref="MqttEventSink.PublishImageAsync"/>.</summary>
    public bool Images { get; init; }

    /// <summary>Zero: no health messages.</summary>
    public TimeSpan HealthInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>More numbers for the health message (temperatures, frame rates), asked for each time; called from any thread.</summary>
    public Func<IReadOnlyDictionary<string, double>>? HealthValues { get; init; }
}
