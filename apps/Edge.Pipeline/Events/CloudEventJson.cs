using System.Text.Json;

namespace Edge.Pipeline.Events;

/// <summary>
/// The structured JSON form of <see cref="CloudEvent"/> (CloudEvents 1.0 JSON event format). Safe for concurrent use.
/// </summary>
public static class CloudEventJson
{
    /// <summary>The content type of what <see cref="Write"/> returns.</summary>
    public const string MediaType = "application/cloudevents+json";

    private const string SpecVersion = "1.0";

    /// <summary>UTF-8, without line breaks. <paramref name="message"/> comes from <see cref="EventStamp"/> or <see cref="Parse"/>.</summary>
    public static byte[] Write(CloudEvent message)
    {
        ArgumentNullException.ThrowIfNull(message);
        InspectionEvent data = message.Data;
        var payload = new EnvelopePayload
        {
            SpecVersion = SpecVersion,
            Id = message.Id,
            Source = message.Source,
            Type = EventWords.Type(data.Kind),
            Time = data.Time.ToUniversalTime(),
            Boot = message.Boot,
            Sequence = message.Sequence,
            Historical = message.Historical,
            Data = ToPayload(data),
        };
        return JsonSerializer.SerializeToUtf8Bytes(payload, EventJsonContext.Default.EnvelopePayload);
    }

    /// <exception cref="ContractException">
    /// Not JSON, another <c>specversion</c> or <c>type</c>, a missing or malformed member. Unknown members are ignored.
    /// </exception>
    public static CloudEvent Parse(ReadOnlySpan<byte> utf8)
    {
        EnvelopePayload payload;
        try
        {
            payload = JsonSerializer.Deserialize(utf8, EventJsonContext.Default.EnvelopePayload)
                ?? throw new ContractException("not an event: the message is the JSON value null");
        }
        catch (JsonException e)
        {
            throw new ContractException($"not an event: {e.Message.ReplaceLineEndings(" ")}", e);
        }
        if (payload.SpecVersion != SpecVersion)
            throw new ContractException($"event {payload.Id}: specversion '{payload.SpecVersion}' is not supported; supported: {SpecVersion}");
        var message = new CloudEvent
        {
            Id = payload.Id,
            Source = payload.Source,
            Boot = payload.Boot,
            Sequence = payload.Sequence,
            Historical = payload.Historical,
            Data = FromPayload(payload),
        };
        EventRules.Check(message.Data);
        return message;
    }

    /// <summary>
    /// A copy of a written message with <c>historical</c> set to true and every other byte as it was, members unknown to this version included.
    /// </summary>
    /// <exception cref="ContractException">It is not JSON or has no <c>historical</c> member.</exception>
    public static byte[] MarkHistorical(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("historical"u8))
                    continue;
                reader.Read();
                int start = checked((int)reader.TokenStartIndex), end = checked((int)reader.BytesConsumed);
                return [.. utf8[..start], .. "true"u8, .. utf8[end..]];
            }
        }
        catch (JsonException e)
        {
            throw new ContractException($"not an event: {e.Message.ReplaceLineEndings(" ")}", e);
        }
        throw new ContractException("not an event: it has no member 'historical'");
    }

    private static DataPayload ToPayload(InspectionEvent data) => new()
    {
        Phase = EventWords.Of(data.Phase),
        Stream = data.Stream,
        EventId = data.EventId,
        Verdict = EventWords.Of(data.Verdict),
        Score = data.Score,
        Threshold = data.Threshold,
        Objects = [.. data.Objects.Select(o => new ObjectPayload
        {
            Label = o.Label,
            Score = o.Score,
            Box = new BoxPayload { X = o.Box.X, Y = o.Box.Y, Width = o.Box.Width, Height = o.Box.Height },
        })],
        Features = new Dictionary<string, double>(data.Features),
        Evidence = data.Evidence is { } e ? new EvidencePayload { Uri = e.Uri, MediaType = e.MediaType, Sha256 = e.Sha256 } : null,
        TimingMs = new OrderedDictionary<string, double>(
            data.Timing.Select(t => KeyValuePair.Create(t.Stage, Math.Round(t.Elapsed.TotalMilliseconds, 3)))),
        Model = data.Model is { } m
            ? new ModelPayload { Name = m.Name, Sha256 = m.Sha256, Precision = m.Precision, Provider = m.Provider }
            : null,
        Quality = new QualityPayload { SamplesLost = data.Quality.SamplesLost, FramesDropped = data.Quality.FramesDropped },
    };

    private static InspectionEvent FromPayload(EnvelopePayload envelope)
    {
        DataPayload data = envelope.Data;
        return new InspectionEvent
        {
            Kind = EventWords.Kind(envelope.Type),
            Phase = EventWords.Phase(data.Phase),
            Stream = data.Stream,
            EventId = data.EventId,
            Time = envelope.Time,
            Verdict = EventWords.Verdict(data.Verdict),
            Score = data.Score,
            Threshold = data.Threshold,
            Objects = [.. data.Objects.Select(FromPayload)],
            Features = data.Features,
            Evidence = data.Evidence is { } e ? new EvidenceReference(e.Uri, e.MediaType, e.Sha256) : null,
            Timing = [.. data.TimingMs.Select(t => new StageTiming(t.Key, Milliseconds(t.Key, t.Value)))],
            Model = data.Model is { } m ? new ModelReference(m.Name, m.Sha256, m.Precision, m.Provider) : null,
            Quality = new StreamQuality(data.Quality.SamplesLost, data.Quality.FramesDropped),
        };
    }

    /// <summary>The serializer checks members against null, but not the elements of arrays.</summary>
    private static DetectedObject FromPayload(ObjectPayload? detected) => detected is { Box: var box }
        ? new DetectedObject(detected.Label, detected.Score, new PixelBox(box.X, box.Y, box.Width, box.Height))
        : throw new ContractException("not an event: an element of objects is null");

    private static TimeSpan Milliseconds(string stage, double value) =>
        Math.Abs(value) <= TimeSpan.MaxValue.TotalMilliseconds / 2
            ? TimeSpan.FromMilliseconds(value)
            : throw new ContractException($"timingms of stage '{stage}' is {value}, beyond what a duration holds");
}
