using Edge.Devices;
using Edge.Imaging;
using Edge.Imaging.Drawing;
using Edge.Pipeline.Decisions;
using Edge.Pipeline.Events;
using Edge.Pipeline.Evidence;
using Edge.Pipeline.Postprocessing;
using Xunit;

namespace Edge.Pipeline.Tests.Evidence;

public sealed class EvidenceTests : IDisposable
{
    private static readonly Labels Parts = Labels.Of("scratch", "dent", "stain");
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-evidence-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Bitmap Gray(int width, int height)
    {
        var picture = new Bitmap(width, height, PixelFormat.Rgb24);
        picture.Pixels.Fill(120);
        return picture;
    }

    private static readonly Findings Found = new()
    {
        Objects = [new Detection(0, 0.93f, new Box(20, 30, 90, 60)), new Detection(2, 0.71f, new Box(100, 80, 150, 150))],
    };

    private static readonly Decision Ng = new(Verdict.Ng, 0.93f, 0.5f, "scratch");

    private string Write(EvidenceWriter writer, Verdict verdict = Verdict.Ng)
    {
        using Bitmap picture = Gray(200, 160);
        string id = Identifier.New();
        EvidenceReference? reference = writer.Write(id, picture.View, Parts, Found, Ng with { Verdict = verdict }, "part");
        return reference is null ? "" : Path.Combine(_folder, reference.Uri);
    }

    [Fact]
    public void The_oldest_give_way_when_there_are_too_many()
    {
        var writer = new EvidenceWriter(new EvidenceOptions(_folder) { MaxFiles = 3 }, ImageCodec.Managed);
        string[] files = [.. Enumerable.Range(0, 5).Select(_ => Write(writer))];
        Assert.Equal(files[2..], Directory.GetFiles(_folder).Order(StringComparer.Ordinal));
        Assert.Equal((3, 2L), (writer.Count, writer.Deleted));
    }

    [Fact]
    public void The_oldest_give_way_when_they_take_too_much_room_and_earlier_runs_count()
    {
        string first = Write(new EvidenceWriter(new EvidenceOptions(_folder), ImageCodec.Managed));
        long size = new FileInfo(first).Length;
        string other = Path.Combine(_folder, "logo.jpg");
        File.WriteAllBytes(other, new byte[100_000]);
        var writer = new EvidenceWriter(new EvidenceOptions(_folder) { MaxBytes = size * 5 / 2 }, ImageCodec.Managed);
        string second = Write(writer), third = Write(writer);
        // A stranger's picture is neither counted nor deleted.
        Assert.Equal(new[] { second, third, other }.Order(StringComparer.Ordinal), Directory.GetFiles(_folder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Only_the_verdicts_asked_for_are_kept()
    {
        var writer = new EvidenceWriter(new EvidenceOptions(_folder) { Verdicts = [Verdict.Unsure] }, ImageCodec.Managed);
        Assert.Equal("", Write(writer, Verdict.Ng));
        Assert.NotEqual("", Write(writer, Verdict.Unsure));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Assert.StartsWith($"{file}/x: cannot keep evidence there: ", Assert.Throws<ImageException>(() => new EvidenceWriter(new EvidenceOptions(file + "/x"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_banner_has_the_verdicts_colour_and_hides_nothing_of_the_picture()
    {
        using Bitmap picture = Gray(640, 480);
        foreach (Verdict verdict in Enum.GetValues<Verdict>())
        {
            using Bitmap painted = EvidencePainter.Paint(picture.View, Parts, new Findings(), new Decision(verdict, null, null, null), "t");
            Assert.Equal(640, painted.Width);
            int banner = painted.Height - 480;
            Rgb corner = new(painted.Pixels[0], painted.Pixels[1], painted.Pixels[2]);
            Assert.Equal(EvidencePainter.ColorOf(verdict), corner);
            Assert.True(painted.Pixels[(banner * painted.Stride)..].SequenceEqual(picture.Pixels));
        }
    }

    [Fact]
    public void Small_pictures_are_enlarged_and_boxes_with_them()
    {
        using Bitmap picture = Gray(200, 160);
        using Bitmap painted = EvidencePainter.Paint(picture.View, Parts, Found, Ng, "t");
        Assert.Equal(600, painted.Width);
        int banner = painted.Height - 480;
        Rgb At(int x, int y) => new(painted.Row(y)[3 * x], painted.Row(y)[3 * x + 1], painted.Row(y)[3 * x + 2]);
        Assert.Equal(Rgb.ForClass(0), At(3 * 20, banner + 3 * 45));
        Assert.Equal(Rgb.ForClass(2), At(3 * 150 - 1, banner + 3 * 120));
    }

    [Fact]
    public void Any_size_can_be_painted()
    {
        foreach (var (width, height) in ((int, int)[])[(1, 1), (3, 500), (32, 32), (4000, 20)])
        {
            using Bitmap picture = Gray(width, height);
            using Bitmap painted = EvidencePainter.Paint(picture.View, Parts, Found, Ng, new string('x', 300));
            Assert.True(painted.Height > height);
        }
    }
}
