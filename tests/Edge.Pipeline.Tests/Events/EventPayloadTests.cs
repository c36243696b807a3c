using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Edge.Pipeline.Events;
using Xunit;

namespace Edge.Pipeline.Tests.Events;

/// <summary>The bytes on the wire. Receivers rely on them: a change of these files is a change of the contract.</summary>
public sealed partial class EventPayloadTests
{
    [Fact]
    public void An_event_with_every_member_is_written_as_in_the_golden_file() =>
        Assert.Equal(Golden("event.golden.json"), Text(SampleEvents.Full));

    [Fact]
    public void Members_and_their_types_are_those_of_the_shape_file()
    {
        SortedSet<string> full = Shape(Text(SampleEvents.Full)), least = Shape(Text(SampleEvents.Least));
        string[] file = Golden("event.shape.txt").Split('\n');
        Assert.Equal(file.Select(line => line.Replace(" optional", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal), full);
        // What the smallest event lacks is optional, or lies within something optional or empty.
        string[] optional = [.. file.Where(line => line.EndsWith(" optional", StringComparison.Ordinal)).Select(line => line.Split(' ')[0])];
        foreach (string line in full.Except(least))
            Assert.True(optional.Any(o => line.StartsWith(o, StringComparison.Ordinal)) || line.Contains("[]", StringComparison.Ordinal) || line.Contains(".*", StringComparison.Ordinal), line);
        Assert.Empty(least.Except(full));
        Assert.DoesNotContain(least, line => optional.Contains(line.Split(' ')[0]));
    }

    [Fact]
    public void The_golden_file_is_read_back_as_the_event_that_it_came_from()
    {
        CloudEvent read = CloudEventJson.Parse(Encoding.UTF8.GetBytes(Golden("event.golden.json")));
        AssertSame(SampleEvents.Envelope(SampleEvents.Full), read);
    }

    [Theory]
    [InlineData(EventKind.Inspection, "edge.inspection.v1")]
    [InlineData(EventKind.Detection, "edge.detection.v1")]
    [InlineData(EventKind.Anomaly, "edge.anomaly.v1")]
    [InlineData(EventKind.Alarm, "edge.alarm.v1")]
    public void The_kind_is_the_type_of_the_cloud_event(EventKind kind, string type) =>
        Assert.Equal(type, JsonDocument.Parse(Text(SampleEvents.Least with { Kind = kind })).RootElement.GetProperty("type").GetString());

    [Fact]
    public void Any_event_that_keeps_to_the_rules_is_read_back_as_it_was()
    {
        Gen<float> finite = Gen.Float[-1e6f, 1e6f];
        Gen<string> name = Gen.String[1, 30].Where(s => s.All(c => !char.IsSurrogate(c)));
        Gen<InspectionEvent> events =
            from kind in Gen.Enum<EventKind>()
            from phase in Gen.Enum<EventPhase>()
            from verdict in Gen.Enum<Verdict>()
            from score in finite.Nullable()
            from objects in Gen.Select(name, finite, finite, Gen.Float[0, 1e6f], (l, s, x, w) => new DetectedObject(l, s, new PixelBox(x, -x, w, w / 3))).List[0, 5]
            from features in Gen.Dictionary(name, Gen.Double[-1e9, 1e9])[0, 5]
            from ticks in Gen.Long[0, TimeSpan.TicksPerDay]
            from evidence in Gen.Select(name, name, (u, m) => new EvidenceReference(u, m)).Null()
            from lost in Gen.Int[0, int.MaxValue]
            select SampleEvents.Least with
            {
                Kind = kind,
                Phase = phase,
                Verdict = verdict,
                Score = score,
                Objects = objects,
                Features = features,
                Time = SampleEvents.Time.AddTicks(ticks),
                Timing = [new StageTiming("total", TimeSpan.FromMicroseconds(ticks / 10))],
                Evidence = evidence,
                Quality = new StreamQuality(lost, lost / 2),
            };
        events.Sample(e => AssertSame(SampleEvents.Envelope(e), CloudEventJson.Parse(CloudEventJson.Write(SampleEvents.Envelope(e)))), iter: 300);
    }

    [Fact]
    public void Marking_a_message_historical_changes_nothing_else()
    {
        string golden = Golden("event.golden.json");
        string marked = Encoding.UTF8.GetString(CloudEventJson.MarkHistorical(Encoding.UTF8.GetBytes(golden)));
        Assert.Equal(golden.Replace("\"historical\":false", "\"historical\":true", StringComparison.Ordinal), marked);
        Assert.True(CloudEventJson.Parse(Encoding.UTF8.GetBytes(marked)).Historical);
        Assert.Equal(marked, Encoding.UTF8.GetString(CloudEventJson.MarkHistorical(Encoding.UTF8.GetBytes(marked))));
    }

    [Fact]
    public void Marking_finds_the_member_of_the_envelope_only()
    {
        InspectionEvent hostile = SampleEvents.Least with { Features = new Dictionary<string, double> { ["historical"] = 1, ["\"historical\":false"] = 2 } };
        CloudEvent marked = CloudEventJson.Parse(CloudEventJson.MarkHistorical(CloudEventJson.Write(SampleEvents.Envelope(hostile))));
        AssertSame(SampleEvents.Envelope(hostile) with { Historical = true }, marked);
        Assert.Throws<ContractException>(() => CloudEventJson.MarkHistorical("""{"data":{"historical":false}}"""u8));
    }

    [Fact]
    public void Members_of_later_versions_are_ignored()
    {
        string later = Golden("event.golden.json").Replace("\"phase\":", "\"colour\":{\"r\":[1]},\"phase\":", StringComparison.Ordinal);
        AssertSame(SampleEvents.Envelope(SampleEvents.Full), CloudEventJson.Parse(Encoding.UTF8.GetBytes(later)));
    }

    [Theory]
    [InlineData("", "not an event: ")]
    [InlineData("null", "not an event: the message is the JSON value null")]
    [InlineData("{}", "not an event: ")]
    [InlineData("[1]", "not an event: ")]
    public void What_is_no_event_is_refused(string json, string message) => AssertRefused(json, message);

    [Theory]
    [InlineData("\"1.0\"", "\"0.3\"", "specversion '0.3' is not supported; supported: 1.0")]
    [InlineData("edge.inspection.v1", "edge.inspection.v2", "type 'edge.inspection.v2' is not known; known: edge.inspection.v1 edge.detection.v1 edge.anomaly.v1 edge.alarm.v1")]
    [InlineData("\"ng\"", "\"rework\"", "verdict 'rework' is not known; known: ok ng unsure error")]
    [InlineData("\"new\"", "\"again\"", "phase 'again' is not known; known: new update end")]
    [InlineData("\"top\"", "\"Top\"", "stream 'Top': identifiers are 1 to 32 of a-z 0-9 _ -; 'top' would do")]
    [InlineData("\"top\"", "null", "not an event: ")]
    [InlineData("0.87,\"threshold\"", "\"high\",\"threshold\"", "not an event: ")]
    [InlineData("0.87,\"threshold\"", "1e99,\"threshold\"", "score is Infinity")]
    [InlineData("{\"label\":\"scratch\"", "null,{\"label\":\"scratch\"", "not an event: an element of objects is null")]
    [InlineData("\"total\":5", "\"total\":1e300", "timingms of stage 'total' is 1E+300")]
    public void A_member_that_is_wrong_is_named(string good, string bad, string message)
    {
        string golden = Golden("event.golden.json");
        int at = golden.IndexOf(good, StringComparison.Ordinal);
        AssertRefused(golden[..at] + bad + golden[(at + good.Length)..], message);
    }

    [Fact]
    public void Each_member_that_must_be_there_is_missed()
    {
        string golden = Golden("event.golden.json");
        foreach (string member in (string[])["specversion", "id", "source", "type", "time", "boot", "seq", "historical", "data", "stream", "eventid", "verdict", "objects", "quality"])
        {
            string without = golden.Replace($"\"{member}\":", $"\"no{member}\":", StringComparison.Ordinal);
            Assert.NotEqual(golden, without);
            AssertRefused(without, member);
        }
    }

    private static void AssertRefused(string json, string message)
    {
        string told = Assert.Throws<ContractException>(() => CloudEventJson.Parse(Encoding.UTF8.GetBytes(json))).Message;
        Assert.Contains(message, told, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', told);
    }

    private static string Text(InspectionEvent data) => Encoding.UTF8.GetString(CloudEventJson.Write(SampleEvents.Envelope(data)));

    private static string Golden(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Events", name)).TrimEnd('\n');

    private static SortedSet<string> Shape(string json)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        Walk(JsonDocument.Parse(json).RootElement, "");
        return lines;

        void Walk(JsonElement element, string path)
        {
            string type = element.ValueKind is JsonValueKind.True or JsonValueKind.False ? "boolean" : element.ValueKind.ToString().ToLowerInvariant();
            if (path.Length > 0)
                lines.Add($"{path} {type}");
            bool open = OpenObject().IsMatch(path);
            if (element.ValueKind == JsonValueKind.Object)
                foreach (JsonProperty member in element.EnumerateObject())
                    Walk(member.Value, path.Length == 0 ? member.Name : $"{path}.{(open ? "*" : member.Name)}");
            else if (element.ValueKind == JsonValueKind.Array)
                foreach (JsonElement item in element.EnumerateArray())
                    Walk(item, path + "[]");
        }
    }

    /// <summary>Records compare lists by reference; the text says all that counts but the timestamp that never leaves the process.</summary>
    private static void AssertSame(CloudEvent expected, CloudEvent actual)
    {
        Assert.Equal(expected with { Data = SampleEvents.Least }, actual with { Data = SampleEvents.Least });
        InspectionEvent e = expected.Data, a = actual.Data;
        Assert.Equal(e.Objects, a.Objects);
        Assert.Equal(e.Features.OrderBy(f => f.Key, StringComparer.Ordinal), a.Features.OrderBy(f => f.Key, StringComparer.Ordinal));
        Assert.Equal(e.Timing.Select(t => (t.Stage, Math.Round(t.Elapsed.TotalMilliseconds, 3))), a.Timing.Select(t => (t.Stage, Math.Round(t.Elapsed.TotalMilliseconds, 3))));
        Assert.Equal(
            (e.Kind, e.Phase, e.Stream, e.EventId, e.Time, e.Verdict, e.Score, e.Threshold, e.Evidence, e.Model, e.Quality),
            (a.Kind, a.Phase, a.Stream, a.EventId, a.Time, a.Verdict, a.Score, a.Threshold, a.Evidence, a.Model, a.Quality));
        Assert.Equal(0, a.CaptureTimestamp);
    }

    [GeneratedRegex(@"\.(features|timingms)$")]
    private static partial Regex OpenObject();
}
