using Edge.Pipeline.Events;
using Xunit;

namespace Edge.Pipeline.Tests.Events;

public sealed class EventStampTests
{
    private readonly EventStamp _stamp = new("edge/v1/a/b/c", "boot-1");

    [Fact]
    public void Numbers_rise_by_one_and_ids_differ_even_from_many_threads()
    {
        CloudEvent[] stamped = [.. Enumerable.Range(0, 1000).AsParallel().Select(_ => _stamp.Stamp(SampleEvents.Least))];
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (long)i), stamped.Select(e => e.Sequence).Order());
        Assert.Equal(1000, stamped.Select(e => e.Id).Distinct().Count());
        Assert.All(stamped, e => Assert.Equal(("edge/v1/a/b/c", "boot-1", false), (e.Source, e.Boot, e.Historical)));
        Assert.Equal(1000, _stamp.LastSequence);
    }

    public static TheoryData<string, InspectionEvent> Broken => new()
    {
        { "stream 'Top Camera': identifiers are 1 to 32 of a-z 0-9 _ -; 'top-camera' would do", SampleEvents.Full with { Stream = "Top Camera" } },
        { "stream 'health': the name is reserved by the topics of the contract (ack alarm birth cmd health model status); 'health-1' would do", SampleEvents.Full with { Stream = "health" } },
        { "eventid '': identifiers are 1 to 32 of a-z 0-9 _ -", SampleEvents.Full with { EventId = "" } },
        { "event part-000017 of stream top: score is NaN; JSON holds finite numbers only, publish verdict 'error' instead", SampleEvents.Full with { Score = float.NaN } },
        { "event part-000017 of stream top: threshold is -Infinity; JSON holds finite numbers only, publish verdict 'error' instead", SampleEvents.Full with { Threshold = float.NegativeInfinity } },
        { "event part-000017 of stream top: feature 'rms' is NaN; JSON holds finite numbers only, publish verdict 'error' instead", SampleEvents.Full with { Features = new Dictionary<string, double> { ["rms"] = double.NaN } } },
        { "event part-000017 of stream top: the name of a feature is empty", SampleEvents.Full with { Features = new Dictionary<string, double> { [""] = 1 } } },
        { "event part-000017 of stream top: the label of an object is empty", SampleEvents.Full with { Objects = [new DetectedObject("", 1, default)] } },
        { "event part-000017 of stream top: box of object 'dent' is -1×2; width and height are at least 0", SampleEvents.Full with { Objects = [new DetectedObject("dent", 1, new PixelBox(0, 0, -1, 2))] } },
        { "event part-000017 of stream top: stage 'total' is timed twice; give each stage one name", SampleEvents.Full with { Timing = [new StageTiming("total", default), new StageTiming("total", default)] } },
        { "event part-000017 of stream top: evidence uri is empty", SampleEvents.Full with { Evidence = new EvidenceReference("", "image/png") } },
        { "event part-000017 of stream top: quality counts what was lost and cannot be negative", SampleEvents.Full with { Quality = new StreamQuality(-1, 0) } },
        { "event part-000017 of stream top: 501 objects; at most 500", SampleEvents.Full with { Objects = [.. Enumerable.Repeat(new DetectedObject("a", 1, default), 501)] } },
        { "event part-000017 of stream top: the label of an object has 101 characters; at most 100", SampleEvents.Full with { Objects = [new DetectedObject(new string('a', 101), 1, default)] } },
    };

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void An_event_that_breaks_a_rule_is_refused_in_one_line_and_uses_up_no_number(string message, InspectionEvent broken)
    {
        Assert.Equal(message, Assert.Throws<ContractException>(() => _stamp.Stamp(broken)).Message);
        Assert.Equal(1, _stamp.Stamp(SampleEvents.Full).Sequence);
    }

    [Fact]
    public void The_largest_event_that_the_rules_allow_fits_into_a_mebibyte()
    {
        // U+0001 is the worst character: six bytes of JSON for one.
        string Worst(int length, int number) => new string('\u0001', length - 4) + number.ToString("D4");
        InspectionEvent largest = SampleEvents.Full with
        {
            Objects = [.. Enumerable.Range(0, 500).Select(i => new DetectedObject(Worst(100, i), -1.2345678e-20f, new PixelBox(-1.2345678e-20f, -1.2345678e-20f, 1.2345678e-20f, 1.2345678e-20f)))],
            Features = Enumerable.Range(0, 500).ToDictionary(i => Worst(100, i), i => -1.2345678901234567e-200),
            Timing = [.. Enumerable.Range(0, 64).Select(i => new StageTiming(Worst(100, i), TimeSpan.FromDays(-1.2345)))],
            Evidence = new EvidenceReference(Worst(1000, 0), Worst(100, 0), Worst(100, 0)),
            Model = new ModelReference(Worst(100, 0), Worst(100, 0), Worst(100, 0), Worst(100, 0)),
        };
        Assert.InRange(CloudEventJson.Write(_stamp.Stamp(largest)).Length, 1, (1 << 20) - 1000);
    }

    [Fact]
    public void Latency_is_from_capture_to_acknowledgement_and_unknown_without_a_capture()
    {
        long second = System.Diagnostics.Stopwatch.Frequency;
        Assert.Equal(TimeSpan.FromSeconds(2), new EventAcknowledgement(1, 5 * second, 7 * second).Latency);
        Assert.Null(new EventAcknowledgement(1, 0, 7 * second).Latency);
    }
}
