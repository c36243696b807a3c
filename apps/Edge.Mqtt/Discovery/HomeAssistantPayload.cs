using System.Text.Json.Serialization;

namespace Edge.Mqtt.Discovery;

// Home Assistant's device discovery (https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload), long names.

internal sealed record HomeAssistantPayload(
    [property: JsonPropertyName("device")] HomeAssistantDevice Device,
    [property: JsonPropertyName("origin")] HomeAssistantOrigin Origin,
    [property: JsonPropertyName("availability")] IReadOnlyList<HomeAssistantAvailability> Availability,
    [property: JsonPropertyName("components")] IReadOnlyDictionary<string, HomeAssistantComponent> Components,
    [property: JsonPropertyName("qos")] int Qos = 1);

internal sealed record HomeAssistantDevice(
    [property: JsonPropertyName("identifiers")] IReadOnlyList<string> Identifiers,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("manufacturer")] string Manufacturer,
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("sw_version")] string SoftwareVersion);

internal sealed record HomeAssistantOrigin(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("sw_version")] string SoftwareVersion);

internal sealed record HomeAssistantAvailability(
    [property: JsonPropertyName("topic")] string Topic,
    [property: JsonPropertyName("value_template")] string ValueTemplate,
    [property: JsonPropertyName("payload_available")] string PayloadAvailable,
    [property: JsonPropertyName("payload_not_available")] string PayloadNotAvailable);

internal sealed record HomeAssistantComponent
{
    [JsonPropertyName("platform")] public required string Platform { get; init; }
    [JsonPropertyName("unique_id")] public required string UniqueId { get; init; }
    [JsonPropertyName("name")] public required string Name { get; init; }
    [JsonPropertyName("state_topic")] public required string StateTopic { get; init; }
    [JsonPropertyName("value_template")] public required string ValueTemplate { get; init; }
    [JsonPropertyName("device_class")] public string? DeviceClass { get; init; }
    [JsonPropertyName("state_class")] public string? StateClass { get; init; }
    [JsonPropertyName("entity_category")] public string? EntityCategory { get; init; }
    [JsonPropertyName("unit_of_measurement")] public string? Unit { get; init; }
    [JsonPropertyName("options")] public IReadOnlyList<string>? Options { get; init; }
    [JsonPropertyName("payload_on")] public string? PayloadOn { get; init; }
    [JsonPropertyName("payload_off")] public string? PayloadOff { get; init; }
    [JsonPropertyName("icon")] public string? Icon { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HomeAssistantPayload))]
internal sealed partial class HomeAssistantJsonContext : JsonSerializerContext;
