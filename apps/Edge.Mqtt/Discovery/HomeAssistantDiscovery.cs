using System.Text.Json;

namespace Edge.Mqtt.Discovery;

/// <summary>
/// What Home Assistant needs to show the device without being configured: for each stream the last verdict and its score,
/// the counts and whether it runs; for the device, how many events wait.
/// </summary>
internal static class HomeAssistantDiscovery
{
    /// <summary>The payload for <see cref="Topics.HomeAssistantConfiguration"/>.</summary>
    public static byte[] Write(Topics topics, DeviceDescription device)
    {
        string id = $"edge_{topics.Site}_{topics.Line}_{topics.Device}";
        var components = new Dictionary<string, HomeAssistantComponent>();
        foreach (StreamDescription stream in device.Streams)
            foreach ((string key, HomeAssistantComponent component) in OfStream(topics, id, stream.Name))
                components.Add(key, component);
        components.Add("waiting", new HomeAssistantComponent
        {
            Platform = "sensor",
            UniqueId = $"{id}_waiting",
            Name = "Waiting events",
            StateTopic = topics.Health,
            ValueTemplate = "{{ value_json.outbox.pending }}",
            StateClass = "measurement",
            EntityCategory = "diagnostic",
            Icon = "mdi:tray-full",
        });
        var payload = new HomeAssistantPayload(
            new HomeAssistantDevice([id], device.DisplayName ?? topics.Device, "Edge", "Edge inference device", device.Software),
            new HomeAssistantOrigin("edge", device.Software),
            [new HomeAssistantAvailability(topics.Status, "{{ value_json.state }}", "online", "offline")],
            components);
        return JsonSerializer.SerializeToUtf8Bytes(payload, HomeAssistantJsonContext.Default.HomeAssistantPayload);
    }

    private static IEnumerable<(string Key, HomeAssistantComponent Component)> OfStream(Topics topics, string device, string stream)
    {
        yield return ($"{stream}_verdict", new HomeAssistantComponent
        {
            Platform = "sensor",
            UniqueId = $"{device}_{stream}_verdict",
            Name = $"{stream} verdict",
            StateTopic = topics.Event(stream),
            ValueTemplate = "{{ value_json.data.verdict }}",
            DeviceClass = "enum",
            Options = ["ok", "ng", "unsure", "error"],
        });
        yield return ($"{stream}_score", new HomeAssistantComponent
        {
            Platform = "sensor",
            UniqueId = $"{device}_{stream}_score",
            Name = $"{stream} score",
            StateTopic = topics.Event(stream),
            ValueTemplate = "{{ value_json.data.score | default(None) }}",
            StateClass = "measurement",
        });
        foreach (string verdict in (string[])["ok", "ng", "unsure", "error"])
            yield return ($"{stream}_{verdict}", new HomeAssistantComponent
            {
                Platform = "sensor",
                UniqueId = $"{device}_{stream}_count_{verdict}",
                Name = $"{stream} {verdict}",
                StateTopic = topics.Count(stream),
                ValueTemplate = $"{{{{ value_json.{verdict} }}}}",
                StateClass = "total_increasing",
                Unit = "parts",
            });
        yield return ($"{stream}_running", new HomeAssistantComponent
        {
            Platform = "binary_sensor",
            UniqueId = $"{device}_{stream}_running",
            Name = $"{stream} running",
            StateTopic = topics.StreamStatus(stream),
            ValueTemplate = "{{ 'on' if value_json.state == 'online' else 'off' }}",
            PayloadOn = "on",
            PayloadOff = "off",
            DeviceClass = "running",
        });
    }
}
