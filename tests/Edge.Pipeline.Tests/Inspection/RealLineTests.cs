using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Imaging.Sources;
using Edge.OnnxRuntime;
using Edge.Pipeline.Decisions;
using Edge.Pipeline.Events;
using Edge.Pipeline.Evidence;
using Edge.Pipeline.Inspection;
using Edge.Pipeline.Postprocessing;
using Edge.Testing;
using Xunit;

namespace Edge.Pipeline.Tests.Inspection;

/// <summary>A folder of photographs through a real detector to events and evidence. Skipped where shared/data is absent.</summary>
public sealed class RealLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-real-line-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Faces_are_found_reported_and_shown_and_a_broken_picture_is_an_error()
    {
        string pictures = Path.Combine(_folder, "pictures"), kept = Path.Combine(_folder, "evidence");
        Directory.CreateDirectory(pictures);
        File.Copy(SharedData.Require("images/coral_samples/face.jpg"), Path.Combine(pictures, "1-face.jpg"));
        File.Copy(SharedData.Require("images/coral_samples/cat_720p.jpg"), Path.Combine(pictures, "2-cat.jpg"));
        File.WriteAllBytes(Path.Combine(pictures, "3-broken.jpg"), File.ReadAllBytes(SharedData.Require("images/coral_samples/owl.jpg"))[..5000]);
        using OnnxRuntimeSession session = OnnxRuntimeSession.Load(SharedData.Require("models/ultraface/version-RFB-320.onnx"), new OnnxRuntimeOptions { Threads = 2, Spin = false });
        var inspector = new Inspector(
            session,
            PreprocessOptions.Parse("resize=320x240,mean=127,std=128"),
            new PostprocessOptions { Detection = new DetectionOptions(HeadKind.Boxes, MinScore: 0.5f, MaxOverlap: 0.3f, Background: 0) },
            new DecisionRule(Threshold: 0.9f, UnsureFrom: 0.7f),
            Labels.Of("face"));
        var sink = new FakeSink();
        var failures = new List<string>();
        var line = new InspectionLine(
            new InspectionLineOptions("camera") { Failed = e => failures.Add(e.Message) },
            ImageFileSource.Folder(pictures), inspector, sink, new EvidenceWriter(new EvidenceOptions(kept), ImageCodec.Managed));

        LineReport report = await line.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal([Verdict.Ng, Verdict.Ok, Verdict.Error], sink.Events.Select(e => e.Verdict));
        Assert.Equal([$"{pictures}/3-broken.jpg: the JPEG is truncated: its end marker is missing"], failures);
        Assert.Equal(4, sink.Events[0].Objects.Count);
        Assert.All(sink.Events[0].Objects, o => Assert.Equal("face", o.Label));
        Assert.Equal(sink.Events[0].Objects.Max(o => o.Score), sink.Events[0].Score);
        Assert.Equal((3L, 3L, 1L), (report.Taken, report.Published, report.Errors));
        using Bitmap evidence = ImageCodec.Managed.Load(Path.Combine(kept, sink.Events[0].Evidence!.Uri));
        using Bitmap source = ImageCodec.Managed.Load(Path.Combine(pictures, "1-face.jpg"));
        Assert.Equal(source.Width, evidence.Width);
        Assert.True(evidence.Height > source.Height);
    }
}
