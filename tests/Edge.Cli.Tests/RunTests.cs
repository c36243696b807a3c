using System.Text.Json;
using Edge.Imaging;
using static Edge.Cli.Tests.CommandLine;

namespace Edge.Cli.Tests;

public sealed class RunTests : IDisposable
{
    private const string Preprocess = "scale=1/255";

    private readonly TemporaryFolder _folder = new();
    private readonly string _classifier, _detector, _red, _green;

    public RunTests()
    {
        _classifier = _folder.File("colors.onnx", MadeModels.Colors());
        _detector = _folder.File("cells.onnx", MadeModels.ColoredCells());
        _red = MadePictures.Solid(_folder, "pictures/red.png", 255, 0, 0);
        _green = MadePictures.Solid(_folder, "pictures/green.png", 0, 255, 0);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_classifier_gives_labels_with_their_probabilities()
    {
        string labels = _folder.File("labels.txt", "red\ngreen\nblue\n");
        string output = Succeeds("run", _classifier, _red, _green, "--labels", labels, "--top", "2", "--preprocess", Preprocess);
        // Logits are 1, 0, 0: e / (e + 2).
        Assert.Matches(@"(?s)red\.png  16x12, [\d.]+ ms\n +0\.576  red\n +0\.212  green\n.*green\.png.*\n +0\.576  green\n +0\.212  red\n2 pictures, median ", output);
        Assert.DoesNotContain("blue", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_without_labels_are_numbered() =>
        Assert.Contains("0.576  class 0", Succeeds("run", _classifier, _red, "--preprocess", Preprocess), StringComparison.Ordinal);

    [Fact]
    public void Scores_are_left_alone_on_request() =>
        Assert.Contains("1.000  class 0", Succeeds("run", _classifier, _red, "--preprocess", Preprocess, "--activation", "none"), StringComparison.Ordinal);

    [Fact]
    public void A_background_class_is_left_out_on_request()
    {
        string labels = _folder.File("labels.txt", "green\nblue\n");
        string output = Succeeds("run", _classifier, _green, "--labels", labels, "--skip-first", "--preprocess", Preprocess);
        Assert.Contains("0.576  green", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detector_gives_boxes_on_the_picture_as_it_is()
    {
        string picture = HalfRed();
        string output = Succeeds("run", _detector, picture, "--preprocess", Preprocess, "--threshold", "0.5");
        Assert.Matches(@"1\.000  class 0 +at 0,0, 8x6\n +1\.000  class 0 +at 0,6, 8x6\n", output);
        Assert.Contains("nothing found", Succeeds("run", _detector, picture, "--preprocess", "scale=1/1000", "--threshold", "0.5"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_run_in_the_order_of_its_names()
    {
        string output = Succeeds("run", _classifier, _folder["pictures"], "--preprocess", Preprocess);
        Assert.True(output.IndexOf("green.png", StringComparison.Ordinal) < output.IndexOf("red.png", StringComparison.Ordinal));
    }

    [Fact]
    public void JSON_holds_everything()
    {
        using var document = JsonDocument.Parse(Succeeds("run", _detector, HalfRed(), "--preprocess", Preprocess, "--threshold", "0.5", "--json", "--save", _folder["out"]));
        var root = document.RootElement;
        Assert.Equal("scale=0.003921569", root.GetProperty("preprocess").GetString());
        Assert.Equal("Grid", root.GetProperty("postprocess").GetProperty("detection").GetProperty("head").GetString());
        var picture = Assert.Single(root.GetProperty("pictures").EnumerateArray());
        Assert.Equal((16, 12), (picture.GetProperty("width").GetInt32(), picture.GetProperty("height").GetInt32()));
        Assert.False(picture.TryGetProperty("classes", out _));
        var found = picture.GetProperty("objects").EnumerateArray().ToList();
        Assert.Equal(2, found.Count);
        Assert.Equal("class 0", found[1].GetProperty("label").GetString());
        Assert.Equal(6, found[1].GetProperty("box").GetProperty("y").GetSingle());
        Assert.True(File.Exists(picture.GetProperty("saved").GetString()));
        Assert.True(picture.GetProperty("milliseconds").GetProperty("run").GetDouble() > 0);
    }

    [Fact]
    public void Annotated_pictures_are_written_each_under_its_own_name()
    {
        MadePictures.Solid(_folder, "others/red.png", 250, 0, 0);
        Succeeds("run", _detector, _folder["pictures"], _folder["others"], "--preprocess", Preprocess, "--save", _folder["out/deep"]);
        Assert.Equal(["green.png", "red-2.png", "red.png"], Directory.GetFiles(_folder["out/deep"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var before = ImageCodec.Default.Load(_red);
        using var after = ImageCodec.Default.Load(_folder["out/deep/red.png"]);
        Assert.Equal((16, 12), (after.Width, after.Height));
        Assert.False(after.Pixels.SequenceEqual(before.Pixels));
    }

    [Fact]
    public void The_pipeline_file_beside_a_model_says_how_it_is_read_unless_options_do()
    {
        _folder.File("labels.txt", "crimson\nemerald\n");
        _folder.File("pipeline.json", """{ "model": "cells.onnx", "labels": "labels.txt", "preprocess": { "scale": 0.003921569 }, "postprocess": { "detection": { "head": "grid", "minScore": 0.9 } }, "rule": { "threshold": 0.9 } }""");
        string quantized = _folder.File("cells.int8.onnx", MadeModels.ColoredCells());
        Assert.Contains("1.000  emerald", Succeeds("run", _detector, _green), StringComparison.Ordinal);
        Assert.Contains("1.000  emerald", Succeeds("run", quantized, _green), StringComparison.Ordinal);
        Assert.Contains("nothing found", Succeeds("run", _detector, _green, "--preprocess", "scale=0.003"), StringComparison.Ordinal);
        Assert.Contains("0.765  emerald", Succeeds("run", _detector, _green, "--preprocess", "scale=0.003", "--threshold", "0.7"), StringComparison.Ordinal);
        // It is about another model.
        Assert.Contains("0.576  class 1", Succeeds("run", _classifier, _green, "--preprocess", Preprocess), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "labels": "x" }""", "was missing required properties including: 'model'")]
    [InlineData("""{ "model": "cells.onnx", "tresholt": 1 }""", "'tresholt'")]
    [InlineData("""{ "model": "cells.onnx", "preprocess": "scale=big" }""", "preprocess: scale: 'big' is not a number")]
    [InlineData("""{ "model": "cells.onnx", "postprocess": { "detection": { "head": "yolo99" } } }""", "postprocess: ")]
    [InlineData("""{ "model": "cells.onnx", "rule": { "threshold": 0.5, "unsureFrom": 0.7 } }""", "rule: ")]
    [InlineData("not JSON", "invalid")]
    public void A_pipeline_file_that_makes_no_sense(string json, string message)
    {
        string path = _folder.File("pipeline.json", json);
        string line = Fails("run", _detector, _red);
        Assert.StartsWith(path + ": ", line, StringComparison.Ordinal);
        Assert.Contains(message, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_of_the_wrong_length()
    {
        string labels = _folder.File("labels.txt", "red\ngreen\n");
        Assert.Equal($"{labels} has 2 labels, but output 'scores' has 3 classes", Fails("run", _classifier, _red, "--labels", labels));
    }

    [Fact]
    public void Labels_that_are_not_there() =>
        Assert.Equal($"{_folder["absent.txt"]}: no such file", Fails("run", _classifier, _red, "--labels", _folder["absent.txt"]));

    [Fact]
    public void A_head_that_does_not_suit_the_model() =>
        Assert.StartsWith("head yolox does not suit the model's outputs (scores: float[1,3]); expected: ", Fails("run", _classifier, _red, "--head", "yolox"), StringComparison.Ordinal);

    [Theory]
    [InlineData("--head yolo: one of classification, yolox, ", "--head", "yolo")]
    [InlineData("--activation relu: one of none, sigmoid, softmax is expected", "--activation", "relu")]
    [InlineData("--threshold 1.5: a number from 0 to 1 is expected", "--threshold", "1.5")]
    [InlineData("--top 0: a whole number from 1 to 100000 is expected", "--top", "0")]
    [InlineData("--threshold, --iou and --background belong to detectors, and this model is read as none; name its kind with --head", "--threshold", "0.5")]
    [InlineData("--postprocess says everything about the outputs; leave out --head, ", "--postprocess", "x.json", "--iou", "0.5")]
    public void Options_that_make_no_sense(string message, params string[] options) =>
        Assert.StartsWith(message, Fails(["run", _classifier, _red, .. options]), StringComparison.Ordinal);

    [Fact]
    public void Postprocessing_from_a_file_says_the_rest()
    {
        string file = _folder.File("post.json", """{ "classification": { "activation": "none", "top": 1 } }""");
        Assert.Contains("1.000  class 0", Succeeds("run", _classifier, _red, "--preprocess", Preprocess, "--postprocess", file), StringComparison.Ordinal);
        _folder.File("post.json", """{ "classification": { "tops": 1 } }""");
        Assert.StartsWith($"{file}: postprocess: ", Fails("run", _classifier, _red, "--postprocess", file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_that_cannot_be_read_is_named_and_the_others_are_run()
    {
        string broken = _folder.File("pictures/broken.jpg", "no picture");
        var ran = Execute("run", _classifier, _folder["pictures"], "--preprocess", Preprocess);
        Assert.Equal(1, ran.Code);
        Assert.Equal($"edge: {broken}: not a JPEG, PNG or BMP picture\n", ran.Error);
        Assert.Contains("red.png", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_that_are_not_there()
    {
        Assert.Equal($"{_folder["absent.png"]}: no such file or folder", Fails("run", _classifier, _folder["absent.png"]));
        Directory.CreateDirectory(_folder["empty"]);
        Assert.Equal($"{_folder["empty"]}: the folder is empty; pictures end in .jpg .jpeg .png .bmp", Fails("run", _classifier, _folder["empty"]));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to()
    {
        string file = _folder.File("file", "x");
        Assert.StartsWith($"{file}: the folder cannot be made: ", Fails("run", _classifier, _red, "--save", file), StringComparison.Ordinal);
    }

    /// <summary>Red on the left, black on the right.</summary>
    private string HalfRed() => MadePictures.Of(_folder, "half.png", (x, _) => x < 8 ? ((byte)255, (byte)0, (byte)0) : default);
}
