using System.Text.Json.Serialization;

namespace Edge.Pipeline.Events;

// The wire's names and nesting, apart from the model so that each may change without the other. Properties appear in the
// message in the order in which they stand here.

/// <summary>The envelope.</summary>
internal sealed class EnvelopePayload
{
    [JsonPropertyName("specversion")] public required string SpecVersion { get; init; }
    [JsonPropertyName("id")] public required string Id { get; init; }
    [JsonPropertyName("source")] public required string Source { get; init; }
    [JsonPropertyName("type")] public required string Type { get; init; }
    [JsonPropertyName("time")] public required DateTimeOffset Time { get; init; }
    [JsonPropertyName("boot")] public required string Boot { get; init; }
    [JsonPropertyName("seq")] public required long Sequence { get; init; }
    [JsonPropertyName("historical")] public required bool Historical { get; init; }
    [JsonPropertyName("data")] public required DataPayload Data { get; init; }
}

internal sealed class DataPayload
{
    [JsonPropertyName("phase")] public required string Phase { get; init; }
    [JsonPropertyName("stream")] public required string Stream { get; init; }
    [JsonPropertyName("eventid")] public required string EventId { get; init; }
    [JsonPropertyName("verdict")] public required string Verdict { get; init; }
    [JsonPropertyName("score")] public float? Score { get; init; }
    [JsonPropertyName("threshold")] public float? Threshold { get; init; }
    [JsonPropertyName("objects")] public required ObjectPayload[] Objects { get; init; }
    [JsonPropertyName("features")] public required Dictionary<string, double> Features { get; init; }
    [JsonPropertyName("evidence")] public EvidencePayload? Evidence { get; init; }
    [JsonPropertyName("timingms")] public required OrderedDictionary<string, double> TimingMs { get; init; }
    [JsonPropertyName("model")] public ModelPayload? Model { get; init; }
    [JsonPropertyName("quality")] public required QualityPayload Quality { get; init; }
}

internal sealed class ObjectPayload
{
    [JsonPropertyName("label")] public required string Label { get; init; }
    [JsonPropertyName("score")] public required float Score { get; init; }
    [JsonPropertyName("box")] public required BoxPayload Box { get; init; }
}

internal sealed class BoxPayload
{
    [JsonPropertyName("x")] public required float X { get; init; }
    [JsonPropertyName("y")] public required float Y { get; init; }
    [JsonPropertyName("w")] public required float Width { get; init; }
    [JsonPropertyName("h")] public required float Height { get; init; }
}

internal sealed class EvidencePayload
{
    [JsonPropertyName("uri")] public required string Uri { get; init; }
    [JsonPropertyName("mediatype")] public required string MediaType { get; init; }
    [JsonPropertyName("sha256")] public string? Sha256 { get; init; }
}

internal sealed class ModelPayload
{
    [JsonPropertyName("name")] public required string Name { get; init; }
    [JsonPropertyName("sha256")] public required string Sha256 { get; init; }
    [JsonPropertyName("precision")] public required string Precision { get; init; }
    [JsonPropertyName("provider")] public required string Provider { get; init; }
}

internal sealed class QualityPayload
{
    [JsonPropertyName("sampleslost")] public required long SamplesLost { get; init; }
    [JsonPropertyName("framesdropped")] public required long FramesDropped { get; init; }
}

/// <summary>Unknown members are ignored on reading: version 1 may grow. Absent optional members are left out, never null.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EnvelopePayload))]
internal sealed partial class EventJsonContext : JsonSerializerContext;
