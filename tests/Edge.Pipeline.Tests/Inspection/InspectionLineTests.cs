using Edge.Devices;
using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Onnx;
using Edge.Pipeline.Decisions;
using Edge.Pipeline.Events;
using Edge.Pipeline.Evidence;
using Edge.Pipeline.Inspection;
using Edge.Pipeline.Postprocessing;
using Xunit;

namespace Edge.Pipeline.Tests.Inspection;

public sealed class InspectionLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-line-").FullName;
    private readonly FramePool _pool = new(capacity: 1000);
    private readonly FakeSink _sink = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Inspector Inspector(FakeSession session, string preprocess = "scale=1/255") => new(
        session,
        PreprocessOptions.Parse(preprocess),
        new PostprocessOptions { Classification = new ClassificationOptions() },
        new DecisionRule(Threshold: 0.7f, UnsureFrom: 0.3f, OkLabels: ["ok"]),
        Labels.Of("ok", "bright"));

    private InspectionLine Line(FakeSource source, FakeSession? session = null, InspectionLineOptions? options = null, FakeSink? sink = null, EvidenceWriter? evidence = null, string preprocess = "scale=1/255") =>
        new(options ?? new InspectionLineOptions("cam"), source, Inspector(session ?? FakeSession.Brightness(), preprocess), sink ?? _sink, evidence);

    /// <summary>The counts add up, and no more buffers were ever made than frames may be under way.</summary>
    private void AssertNothingIsLost(LineReport report, int most)
    {
        Assert.Equal(report.Taken, report.Published + report.Dropped + report.Abandoned);
        Assert.Equal(report.Published, report.Ok + report.Ng + report.Unsure + report.Errors);
        Assert.InRange(_pool.Idle, 1, most);
    }

    [Fact]
    public async Task Parts_are_inspected_in_order_and_each_becomes_one_event()
    {
        var source = FakeSource.Of(_pool, 0, 255, 128, 10);
        LineReport report = await Line(source, options: new InspectionLineOptions("cam") { Model = new ModelReference("m", "00", "fp32", "fake") }).RunAsync(Token);
        Assert.Equal([Verdict.Ok, Verdict.Ng, Verdict.Unsure, Verdict.Ok], _sink.Events.Select(e => e.Verdict));
        Assert.Equal((4L, 4L, 2L, 1L, 1L, 0L), (report.Taken, report.Published, report.Ok, report.Ng, report.Unsure, report.Errors));
        InspectionEvent ng = _sink.Events[1];
        Assert.Equal(("cam", EventKind.Inspection, DateTimeOffset.UnixEpoch.AddSeconds(1)), (ng.Stream, ng.Kind, ng.Time));
        Assert.Equal((1f, 0.7f, 1.0), (ng.Score!.Value, ng.Threshold!.Value, ng.Features["bright"]));
        Assert.Equal("m", ng.Model!.Name);
        Assert.NotEqual(0, ng.CaptureTimestamp);
        Assert.Equal(["acquire", "queue", "preprocess", "inference", "postprocess"], ng.Timing.Select(t => t.Stage));
        Assert.Equal(4, _sink.Events.Select(e => e.EventId).Distinct().Count());
        AssertNothingIsLost(report, 4);
    }

    [Fact]
    public async Task Those_who_listen_learn_which_frame_became_which_event()
    {
        var parts = new List<InspectedPart>();
        await Line(FakeSource.Of(_pool, 0, 255), options: new InspectionLineOptions("cam") { Inspected = parts.Add }).RunAsync(Token);
        Assert.Equal([("part 0", 0L, Verdict.Ok), ("part 1", 1L, Verdict.Ng)], parts.Select(p => (p.Name, p.Sequence, p.Event.Verdict)));
        Assert.Equal([1, 2], parts.Select(p => p.Receipt.Sequence));
    }

    [Fact]
    public async Task Frames_and_their_memory_do_not_pile_up_when_the_line_waits()
    {
        var source = FakeSource.Of(_pool, new byte[500]);
        LineReport report = await Line(source, options: new InspectionLineOptions("cam") { QueueLength = 3 }).RunAsync(Token);
        Assert.Equal((500, 0), (report.Published, report.Dropped));
        // In flight at most: one being read, three queued, one in the model, two queued, one being published.
        AssertNothingIsLost(report, 8);
    }

    [Fact]
    public async Task A_slow_model_drops_the_oldest_frames_and_events_tell_how_many()
    {
        var ended = new TaskCompletionSource();
        // The model takes its first frame only when the source has ended.
        var session = FakeSession.Brightness(() => ended.Task.Wait(Token));
        var watched = new FakeSource([.. Enumerable.Range(0, 20).Select(i => (Func<long, Frame?>)(s => FakeSource.Gray(_pool, s, 0)))])
        {
            Before = async (at, _) =>
            {
                if (at == 1) while (session.Runs == 0) await Task.Yield();
                if (at == 20) ended.SetResult();
            },
        };
        LineReport report = await Line(watched, session, new InspectionLineOptions("cam") { WhenFull = WhenFull.DropOldest, QueueLength = 2 }).RunAsync(Token);
        // The first was in the model, the last two in the queue.
        Assert.Equal((20L, 3L, 17L), (report.Taken, report.Published, report.Dropped));
        Assert.Equal([0, 17, 0], _sink.Events.Select(e => e.Quality.FramesDropped));
        AssertNothingIsLost(report, 20);
    }

    [Fact]
    public async Task Frames_that_the_source_lost_are_counted_from_their_numbers()
    {
        var source = new FakeSource(_ => FakeSource.Gray(_pool, 5, 0), _ => FakeSource.Gray(_pool, 6, 0), _ => FakeSource.Gray(_pool, 10, 0));
        LineReport report = await Line(source).RunAsync(Token);
        Assert.Equal((3L, 3L), (report.Published, report.LostBySource));
        Assert.Equal([0, 0, 3], _sink.Events.Select(e => e.Quality.FramesDropped));
    }

    private FakeSource WithABadFrame() => new(
        s => FakeSource.Gray(_pool, s, 0),
        s => throw new FrameException("b.jpg: the JPEG is truncated", "b.jpg", s),
        s => FakeSource.Gray(_pool, s, 255));

    [Fact]
    public async Task A_frame_that_cannot_be_read_becomes_an_error_event_and_the_line_goes_on()
    {
        var failures = new List<string>();
        LineReport report = await Line(WithABadFrame(), options: new InspectionLineOptions("cam") { Failed = e => failures.Add(e.Message) }).RunAsync(Token);
        Assert.Equal([Verdict.Ok, Verdict.Error, Verdict.Ng], _sink.Events.Select(e => e.Verdict));
        Assert.Null(_sink.Events[1].Score);
        Assert.Equal(["b.jpg: the JPEG is truncated"], failures);
        Assert.Equal((1L, 0L), (report.Errors, report.LostBySource));
        AssertNothingIsLost(report, 3);
    }

    [Fact]
    public async Task Or_it_stops_the_line_after_what_came_before_was_published()
    {
        var line = Line(WithABadFrame(), options: new InspectionLineOptions("cam") { WhenFrameFails = WhenFrameFails.Stop });
        var e = await Assert.ThrowsAsync<FrameException>(() => line.RunAsync(Token));
        Assert.Equal("b.jpg: the JPEG is truncated", e.Message);
        Assert.Equal([Verdict.Ok], _sink.Events.Select(x => x.Verdict));
        AssertNothingIsLost(line.Report(), 3);
    }

    [Fact]
    public async Task A_picture_too_small_for_the_crop_and_an_output_that_is_not_finite_are_errors_of_one_frame()
    {
        LineReport small = await Line(FakeSource.Of(_pool, 0), new FakeSession(Made.Info("x", 1, 1, 20, 20), [Made.Info("prob", 1, 2)], _ => throw new InvalidOperationException()), preprocess: "crop=20").RunAsync(Token);
        Assert.Equal(1, small.Errors);
        var nan = new FakeSession(Made.Info("x", 1, 1, 8, 8), [Made.Info("prob", 1, 2)], _ => [Made.Tensor([1, 2], float.NaN, 0)]);
        var failures = new List<string>();
        LineReport report = await Line(FakeSource.Of(_pool, 0), nan, new InspectionLineOptions("cam") { Failed = e => failures.Add(e.Message) }).RunAsync(Token);
        Assert.Equal(1, report.Errors);
        Assert.Equal(["part 0: output 'prob' holds a value that is not finite"], failures);
    }

    [Fact]
    public async Task A_compressed_frame_is_decoded_and_a_damaged_one_is_an_error()
    {
        using var bright = new Bitmap(16, 16, PixelFormat.Rgb24);
        bright.Pixels.Fill(255);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        ImageCodec.Managed.Encode(bright.View, ImageKind.Jpeg, 95, buffer);
        Frame Compressed(long sequence, int bytes)
        {
            var owner = _pool.Rent(bytes);
            buffer.WrittenSpan[..bytes].CopyTo(owner.Memory.Span);
            return new Frame(owner, 16, 16, 0, PixelFormat.Jpeg) { Sequence = sequence, Name = "mjpeg" };
        }
        var source = new FakeSource(s => Compressed(s, buffer.WrittenCount), s => Compressed(s, buffer.WrittenCount / 2));
        await Line(source).RunAsync(Token);
        Assert.Equal([Verdict.Ng, Verdict.Error], _sink.Events.Select(e => e.Verdict));
    }

    [Fact]
    public async Task A_source_that_fails_ends_the_line_after_what_it_gave_was_published()
    {
        var source = new FakeSource(s => FakeSource.Gray(_pool, s, 0), _ => throw new DeviceException("/dev/video0: unplugged"));
        var line = Line(source);
        Assert.Equal("/dev/video0: unplugged", (await Assert.ThrowsAsync<DeviceException>(() => line.RunAsync(Token))).Message);
        Assert.Single(_sink.Events);
        AssertNothingIsLost(line.Report(), 1);
    }

    [Fact]
    public async Task A_model_that_fails_ends_the_line_after_what_was_inspected_was_published()
    {
        int runs = 0;
        var session = FakeSession.Brightness(() => { if (++runs == 3) throw new InvalidOperationException("boom"); });
        var line = Line(FakeSource.Of(_pool, new byte[20]), session);
        await Assert.ThrowsAsync<InvalidOperationException>(() => line.RunAsync(Token));
        Assert.Equal(2, _sink.Events.Count);
        AssertNothingIsLost(line.Report(), 10);
    }

    [Fact]
    public async Task A_sink_that_fails_ends_the_line_and_frames_under_way_are_counted_as_abandoned()
    {
        int events = 0;
        var sink = new FakeSink { Before = (_, _) => ++events == 3 ? throw new IOException("disk full") : Task.CompletedTask };
        var line = Line(FakeSource.Of(_pool, new byte[50]), sink: sink);
        Assert.Equal("disk full", (await Assert.ThrowsAsync<IOException>(() => line.RunAsync(Token))).Message);
        Assert.Equal(2, line.Report().Published);
        Assert.InRange(line.Report().Abandoned, 1, 48);
        AssertNothingIsLost(line.Report(), 50);
    }

    [Fact]
    public async Task A_stop_takes_no_new_frames_and_publishes_those_taken()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var source = new FakeSource([.. Enumerable.Range(0, 100).Select(i => (Func<long, Frame?>)(s => FakeSource.Gray(_pool, s, 0)))])
        {
            Before = async (at, token) =>
            {
                if (at != 10) return;
                await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
            },
        };
        LineReport report = await Line(source).RunAsync(stop.Token);
        Assert.Equal((10L, 10L, 0L), (report.Taken, report.Published, report.Abandoned));
        AssertNothingIsLost(report, 10);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_ever_for_a_sink_that_hangs()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var sink = new FakeSink
        {
            Before = async (_, token) =>
            {
                await stop.CancelAsync();
                await Task.Delay(Timeout.Infinite, token);
            },
        };
        var line = Line(FakeSource.Of(_pool, new byte[30]), sink: sink, options: new InspectionLineOptions("cam") { DrainTimeout = TimeSpan.FromMilliseconds(50) });
        LineReport report = await line.RunAsync(stop.Token);
        Assert.Equal(0, report.Published);
        Assert.Equal(report.Taken, report.Abandoned);
        AssertNothingIsLost(report, 30);
    }

    [Fact]
    public async Task Evidence_is_kept_and_named_in_the_event()
    {
        var evidence = new EvidenceWriter(new EvidenceOptions(_folder));
        LineReport report = await Line(FakeSource.Of(_pool, 0, 255), evidence: evidence).RunAsync(Token);
        Assert.Null(_sink.Events[0].Evidence);
        EvidenceReference reference = _sink.Events[1].Evidence!;
        Assert.Equal($"{_sink.Events[1].EventId}.jpg", reference.Uri);
        byte[] file = File.ReadAllBytes(Path.Combine(_folder, reference.Uri));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)), reference.Sha256);
        Assert.Contains(_sink.Events[1].Timing, t => t.Stage == "evidence");
        Assert.Equal(1, report.Stages.Single(s => s.Stage == "evidence").Count);
    }

    [Fact]
    public async Task An_event_goes_out_even_where_its_evidence_cannot_be_kept()
    {
        string folder = Path.Combine(_folder, "evidence");
        var evidence = new EvidenceWriter(new EvidenceOptions(folder));
        Directory.Delete(folder);
        var failures = new List<string>();
        LineReport report = await Line(FakeSource.Of(_pool, 255), evidence: evidence, options: new InspectionLineOptions("cam") { Failed = e => failures.Add(e.Message) }).RunAsync(Token);
        Assert.Equal((Verdict.Ng, null), (Assert.Single(_sink.Events).Verdict, _sink.Events[0].Evidence));
        Assert.Equal(1, report.EvidenceFailed);
        Assert.Contains("cannot be written", Assert.Single(failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_runs_once()
    {
        var line = Line(FakeSource.Of(_pool, 0));
        await line.RunAsync(Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => line.RunAsync(Token));
    }

    [Fact]
    public void What_does_not_suit_is_refused_before_the_line_runs()
    {
        Assert.Throws<ContractException>(() => Line(FakeSource.Of(_pool, 0), options: new InspectionLineOptions("Camera 1")));
        var outputs = new[] { Made.Info("scores", 1, 1, 2, 2), Made.Info("boxes", 1, 4, 2, 2) };
        using var detector = new FakeSession(Made.Info("x", 1, 3, 16, 16), outputs, _ => []);
        var postprocess = new PostprocessOptions { Detection = new DetectionOptions(HeadKind.Grid, MinScore: 0.5f) };
        Assert.Equal(
            "the detector drops scores below 0.5, but the rule looks at scores from 0.4: lower minScore",
            Assert.Throws<ModelException>(() => new Inspector(detector, new PreprocessOptions(), postprocess, new DecisionRule(UnsureFrom: 0.4f))).Message);
        using FakeSession classifier = FakeSession.Brightness();
        Assert.StartsWith("the rule names no okLabels", Assert.Throws<ModelException>(() => new Inspector(classifier, new PreprocessOptions(), new PostprocessOptions { Classification = new ClassificationOptions() }, new DecisionRule())).Message, StringComparison.Ordinal);
        using var two = new FakeSession(Made.Info("x", 1, 490), outputs, _ => []);
        Assert.Contains("takes no pictures", Assert.Throws<ModelException>(() => new Inspector(two, new PreprocessOptions(), postprocess, new DecisionRule())).Message, StringComparison.Ordinal);
    }
}
