using System.Text.Json;
using static Edge.Cli.Tests.CommandLine;

namespace Edge.Cli.Tests;

public sealed class EvaluateTests : IDisposable
{
    private const string Preprocess = "scale=1/255";

    private readonly TemporaryFolder _folder = new();
    private readonly string _classifier, _detector, _data, _labels;

    /// <summary>Four of red (one of them green in truth's eyes), two of green, one of blue: six of seven are right.</summary>
    public EvaluateTests()
    {
        _classifier = _folder.File("colors.onnx", MadeModels.Colors());
        _detector = _folder.File("cells.onnx", MadeModels.ColoredCells());
        _labels = _folder.File("labels.txt", "red\ngreen\nblue\n");
        MadePictures.Solid(_folder, "data/day/red/1.png", 255, 0, 0);
        MadePictures.Solid(_folder, "data/day/red/2.png", 200, 9, 0);
        MadePictures.Solid(_folder, "data/night/red/3.png", 90, 0, 0);
        MadePictures.Solid(_folder, "data/night/red/4.png", 40, 90, 0);
        MadePictures.Solid(_folder, "data/day/green/1.png", 0, 255, 0);
        MadePictures.Solid(_folder, "data/night/green/2.png", 0, 90, 0);
        MadePictures.Solid(_folder, "data/day/blue/1.png", 0, 0, 255);
        _data = _folder["data"];
    }

    public void Dispose() => _folder.Dispose();

    private string[] Arguments(params string[] more) => ["evaluate", _classifier, _data, "--labels", _labels, "--preprocess", Preprocess, .. more];

    [Fact]
    public void A_classifier_gets_its_figures_classes_and_confusions()
    {
        string output = Succeeds(Arguments());
        Assert.Matches(@"colors\.onnx on edge/\w+: classification, .*data \(7 pictures\)\n  top-1 +85\.71 %\n  macro F1 +88\.57 %\n  7 samples, median [\d.]+ ms a run\n", output);
        Assert.Matches(@"red +4 +100\.0 % +75\.0 % +85\.7 %", output);
        Assert.Matches(@"green +2 +66\.7 % +100\.0 % +80\.0 %", output);
        Assert.Matches(@"A +red +3 +1 +·", output);
        Assert.Contains("--slice folder judges parts of the data apart", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Slices_come_the_worst_first()
    {
        string output = Succeeds(Arguments("--slice", "folder"));
        Assert.Matches(@"(?s)by folder +samples +top-1.*night +3 +66\.67 %.*day +4 +100\.00 %", output);
    }

    [Fact]
    public void JSON_holds_everything()
    {
        using var document = JsonDocument.Parse(Succeeds(Arguments("--slice", "folder", "--json", "--engine", "onnxruntime")));
        JsonElement root = document.RootElement;
        Assert.StartsWith("onnxruntime/", root.GetProperty("provider").GetString(), StringComparison.Ordinal);
        Assert.Equal("classification", root.GetProperty("task").GetString());
        Assert.Equal(600.0 / 7, root.GetProperty("figures")[0].GetProperty("value").GetDouble(), 9);
        Assert.Equal("red", root.GetProperty("confusions")[0].GetProperty("truth").GetString());
        Assert.Equal("green", root.GetProperty("confusions")[0].GetProperty("predicted").GetString());
        Assert.Equal(1, root.GetProperty("confusions").GetArrayLength());
        Assert.Equal(75, root.GetProperty("classes")[0].GetProperty("recall").GetDouble());
        Assert.Equal(["day", "night"], root.GetProperty("slices")[0].GetProperty("values").EnumerateArray().Select(v => v.GetProperty("value").GetString()));
    }

    [Fact]
    public void Fewer_samples_on_request() => Assert.Contains("  3 samples, ", Succeeds(Arguments("--samples", "3")), StringComparison.Ordinal);

    [Fact]
    public void A_detector_gets_its_precision()
    {
        MadePictures.Of(_folder, "boxes/images/1.png", (x, _) => x < 8 ? ((byte)255, (byte)0, (byte)0) : ((byte)0, (byte)0, (byte)0));
        _folder.File("boxes/labels/1.txt", "0 0.25 0.25 0.5 0.5\n0 0.25 0.75 0.5 0.5\n");
        string output = Succeeds("evaluate", _detector, _folder["boxes"], "--preprocess", Preprocess);
        Assert.Matches(@": detection, .*\n  mAP@0\.5 +100\.00 %\n  mAP@0\.5:0\.95 +100\.00 %\n", output);
        Assert.Matches(@"class 0 +2 +2 +100\.0 % +100\.0 %", output);
    }

    [Fact]
    public void Data_without_labels_needs_a_model_to_agree_with()
    {
        string pictures = _folder["data/day/red"];
        Assert.StartsWith($"{pictures}: no labels: ", Fails("evaluate", _classifier, pictures, "--preprocess", Preprocess), StringComparison.Ordinal);
        Assert.Matches(@"agreement with float +100\.00 %\n  2 samples", Succeeds("evaluate", _classifier, pictures, "--preprocess", Preprocess, "--reference", _classifier));
        Assert.StartsWith($"{_data}: the data is labelled; leave out --reference", Fails(Arguments("--reference", _classifier)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_is_told_in_a_line()
    {
        Assert.Equal($"{_folder["absent"]}: no such folder", Fails("evaluate", _classifier, _folder["absent"]));
        Assert.Equal($"{_data} (7 pictures): there is no slice 'lamp'; there are folder", FailsLate(Arguments("--slice", "lamp")));
        Assert.Equal("--skip-first belongs to classifiers; a detector takes --head and --background", Fails(Arguments("--skip-first", "--head", "yolox")));
        Assert.Equal("--background belongs to heads ssd and boxes; name one with --head", Fails(Arguments("--background", "0")));
        Assert.Equal("--isa is for the engine edge, not for onnxruntime", Fails(Arguments("--engine", "onnxruntime", "--isa", "scalar")));
        Assert.Equal("--winograd is for the engine edge, not for onnxruntime", Fails(Arguments("--engine", "onnxruntime", "--winograd", "off")));
        Assert.Equal($"{_labels} has 3 labels, but output 'scores' has 2 classes", Fails(Arguments("--skip-first")));
        Assert.Equal("--preprocess is for pictures; arrays are taken as they are", Fails("evaluate", _classifier, _folder.File("x.npy", ""), "--preprocess", Preprocess));
    }

    /// <summary>A failure after work began: its title stands before the line.</summary>
    private static string FailsLate(string[] args)
    {
        Ran ran = Execute(args);
        Assert.Equal((1, ""), (ran.Code, ran.Output));
        return ran.Error.TrimEnd().Split('\n')[^1]["edge: ".Length..];
    }
}
