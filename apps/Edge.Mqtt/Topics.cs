using Edge.Pipeline.Events;

namespace Edge.Mqtt;

/// <summary>
/// The topics of one device: <c>edge/v1/{site}/{line}/{device}/…</c>. Immutable. Every part is an
/// <see cref="Identifier"/>, so that no topic holds a wildcard, a space or a second slash.
/// </summary>
public sealed class Topics
{
    private const string Prefix = "edge/v1";

    /// <summary>Where Home Assistant says that it started.</summary>
    public const string HomeAssistantStatus = "homeassistant/status";

    /// <exception cref="ContractException">A name breaks the rules of <see cref="Identifier"/>.</exception>
    public Topics(string site, string line, string device)
    {
        Site = Identifier.RequireName(site, "site");
        Line = Identifier.RequireName(line, "line");
        Device = Identifier.RequireName(device, "device");
        Root = $"{Prefix}/{Site}/{Line}/{Device}";
    }

    public string Site { get; }

    public string Line { get; }

    public string Device { get; }

    /// <summary>Also the <c>source</c> of the device's events.</summary>
    public string Root { get; }

    /// <summary>Retained, QoS 1: online, stopping, offline.</summary>
    public string Status => $"{Root}/status";

    /// <summary>Retained, QoS 1: what the device runs.</summary>
    public string Birth => $"{Root}/birth";

    /// <summary>QoS 0, every 30 s.</summary>
    public string Health => $"{Root}/health";

    public string ModelDesired => $"{Root}/model/desired";

    public string ModelReported => $"{Root}/model/reported";

    /// <summary>Matches every command to the device.</summary>
    public string AllCommands => $"{Root}/cmd/+";

    /// <summary>Matches the events of all streams of the device.</summary>
    public string AllEvents => $"{Root}/+/event";

    /// <summary>Matches everything that the device publishes under its root.</summary>
    public string Everything => $"{Root}/#";

    /// <summary>Retained, QoS 1: Home Assistant's discovery of the device.</summary>
    public string HomeAssistantConfiguration => $"homeassistant/device/{Device}/config";

    /// <summary>Retained, QoS 1.</summary>
    public string StreamStatus(string stream) => $"{Root}/{Stream(stream)}/status";

    /// <summary>QoS 1, not retained.</summary>
    public string Event(string stream) => $"{Root}/{Stream(stream)}/event";

    /// <summary>Retained, QoS 0.</summary>
    public string Count(string stream) => $"{Root}/{Stream(stream)}/count";

    /// <summary>QoS 0, not retained.</summary>
    public string Image(string stream) => $"{Root}/{Stream(stream)}/image";

    /// <summary>Retained, QoS 1.</summary>
    public string Alarm(string id) => $"{Root}/alarm/{Identifier.RequireWellFormed(id, "alarm")}";

    public string Command(string name) => $"{Root}/cmd/{Identifier.RequireWellFormed(name, "command")}";

    public string Acknowledgement(string command) => $"{Root}/ack/{Identifier.RequireWellFormed(command, "command")}";

    /// <summary>Where an event belongs: an alarm by its id, everything else to its stream.</summary>
    public string Of(InspectionEvent inspection)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        return inspection.Kind == EventKind.Alarm ? Alarm(inspection.EventId) : Event(inspection.Stream);
    }

    /// <summary>The command's name if <paramref name="topic"/> is one of this device's command topics.</summary>
    public string? CommandName(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        string start = $"{Root}/cmd/";
        return topic.StartsWith(start, StringComparison.Ordinal) && Identifier.IsWellFormed(topic.AsSpan(start.Length))
            ? topic[start.Length..]
            : null;
    }

    public override string ToString() => Root;

    private static string Stream(string stream) => Identifier.RequireName(stream, "stream");
}
