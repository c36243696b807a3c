using System.Text.Json.Serialization;

namespace Edge.Mqtt.Payloads;

// JSON of the topics that describe state. Events have their own form (Edge.Pipeline.Events).

/// <summary><c>R/status</c>. The last will has no time: it was written when the connection began.</summary>
internal sealed record StatusPayload(
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("boot")] string Boot,
    [property: JsonPropertyName("time")] DateTimeOffset? Time = null);

/// <summary><c>R/birth</c>.</summary>
internal sealed record BirthPayload(
    [property: JsonPropertyName("schema")] string Schema,
    [property: JsonPropertyName("boot")] string Boot,
    [property: JsonPropertyName("time")] DateTimeOffset Time,
    [property: JsonPropertyName("software")] string Software,
    [property: JsonPropertyName("streams")] IReadOnlyList<BirthStreamPayload> Streams);

internal sealed record BirthStreamPayload(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("model")] BirthModelPayload? Model);

internal sealed record BirthModelPayload(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("sha256")] string Sha256,
    [property: JsonPropertyName("precision")] string Precision,
    [property: JsonPropertyName("provider")] string Provider);

/// <summary><c>R/health</c>.</summary>
internal sealed record HealthPayload(
    [property: JsonPropertyName("boot")] string Boot,
    [property: JsonPropertyName("time")] DateTimeOffset Time,
    [property: JsonPropertyName("uptimeseconds")] long UptimeSeconds,
    [property: JsonPropertyName("memorybytes")] long MemoryBytes,
    [property: JsonPropertyName("connects")] long Connects,
    [property: JsonPropertyName("outbox")] OutboxPayload Outbox,
    [property: JsonPropertyName("values")] IReadOnlyDictionary<string, double> Values);

internal sealed record OutboxPayload(
    [property: JsonPropertyName("pending")] long Pending,
    [property: JsonPropertyName("bytes")] long Bytes,
    [property: JsonPropertyName("dropped")] long Dropped,
    [property: JsonPropertyName("damaged")] long Damaged,
    [property: JsonPropertyName("setaside")] long SetAside);

/// <summary><c>R/{stream}/status</c>.</summary>
internal sealed record StreamStatusPayload(
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("boot")] string Boot,
    [property: JsonPropertyName("lastframe")] DateTimeOffset? LastFrame);

/// <summary><c>R/{stream}/count</c>.</summary>
internal sealed record CountPayload(
    [property: JsonPropertyName("ok")] long Ok,
    [property: JsonPropertyName("ng")] long Ng,
    [property: JsonPropertyName("unsure")] long Unsure,
    [property: JsonPropertyName("error")] long Error,
    [property: JsonPropertyName("boot")] string Boot);

/// <summary><c>R/ack/{name}</c>.</summary>
internal sealed record CommandReplyPayload(
    [property: JsonPropertyName("ok")] bool Ok,
    [property: JsonPropertyName("text")] string Text,
    [property: JsonPropertyName("boot")] string Boot,
    [property: JsonPropertyName("time")] DateTimeOffset Time);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusPayload))]
[JsonSerializable(typeof(BirthPayload))]
[JsonSerializable(typeof(HealthPayload))]
[JsonSerializable(typeof(StreamStatusPayload))]
[JsonSerializable(typeof(CountPayload))]
[JsonSerializable(typeof(CommandReplyPayload))]
internal sealed partial class StateJsonContext : JsonSerializerContext;
