using Edge.Evaluation.Tasks;
using Edge.Imaging.Preprocessing;
using Edge.Pipeline;
using Edge.Pipeline.Postprocessing;
using Edge.Tensors;
using Xunit;
using static Edge.Evaluation.Tests.DataFolder;

namespace Edge.Evaluation.Tests;

/// <summary>Pictures, with what people put beside them.</summary>
public sealed class PictureDataTests : IDisposable
{
    private readonly DataFolder _folder = new();
    private static readonly ModelFacts s_classifier = new([Info("x", 1, 3, 8, 8)], [Info("scores", 1, 3)]);

    public void Dispose() => _folder.Dispose();

    private static Tensor Row(params float[] values) => Tensor.Create<float>(new Shape(1, values.Length), values);

    /// <summary>Scores a model that gives the same outputs to every sample.</summary>
    private static IReadOnlyList<double> Constant(LabelledData data, params Tensor[] outputs)
    {
        TaskScore score = data.Task.Start();
        for (int i = 0; i < data.Count; i++) score.Add(i, outputs, outputs);
        return score.Values;
    }

    [Fact]
    public void One_folder_a_class_in_their_order()
    {
        _folder.Picture("a/1.png", 10);
        _folder.Picture("a/2.png", 11);
        _folder.Picture("b/1.png", 20);
        _folder.Picture("c/1.png", 30);
        LabelledData data = LabelledData.Open(_folder.Path, new DataOptions(), s_classifier);
        Assert.Equal(4, data.Count);
        Assert.True(data.IsLabelled);
        Assert.Equal("classification", data.Task.Kind);
        Assert.Equal(50, Constant(data, Row(1, 0, 0))[0]);
        Assert.Equal(25, Constant(data, Row(0, 0, 1))[0]);
        Assert.EndsWith("a/2.png", data.Name(1), StringComparison.Ordinal);
        Assert.Equal([10, 11, 20, 30], data.Read().Select(t => t[0].AsSpan<float>()[0]));
        Assert.Equal(["top-1", "macro F1"], data.Metrics.Select(m => m.Name));
        Assert.Empty(data.Slices);
    }

    [Fact]
    public void Labels_of_the_model_number_folders_wherever_they_are_and_the_others_are_slices()
    {
        _folder.Picture("day/ok/1.png", 10);
        _folder.Picture("night/ok/1.png", 11);
        _folder.Picture("night/bad/1.png", 20);
        var options = new DataOptions { Labels = Labels.Of("bad", "scratch", "ok") };
        LabelledData data = LabelledData.Open(_folder.Path, options, s_classifier);
        Assert.Equal(200.0 / 3, Constant(data, Row(0, 0, 1))[0], 9);
        SliceColumn slice = Assert.Single(data.Slices);
        Assert.Equal("folder", slice.Name);
        Assert.Equal(["day", "night", "night"], slice.Values);
    }

    [Fact]
    public void Samples_are_spread_over_all_and_everything_goes_with_them()
    {
        foreach (char c in "abc")
            for (int i = 0; i < 4; i++) _folder.Picture($"{c}/{i}.png", (byte)((c * 10) + i - 900));
        LabelledData data = LabelledData.Open(_folder.Path, new DataOptions { MaxSamples = 3 }, s_classifier);
        Assert.Equal(["a/0.png", "b/0.png", "c/0.png"], Enumerable.Range(0, 3).Select(i => Path.GetRelativePath(_folder.Path, data.Name(i))));
        Assert.Equal(100.0 / 3, Constant(data, Row(0, 1, 0))[0], 9);
    }

    [Fact]
    public void Folders_that_are_no_classes_of_the_model_are_told()
    {
        _folder.Picture("a/1.png", 10);
        _folder.Picture("b/1.png", 20);
        Assert.Equal($"the folders of {_folder.Path} have 2 classes (a, b), the model has 3: give the names of the model's classes with --labels",
            Assert.Throws<DataException>(() => LabelledData.Open(_folder.Path, new DataOptions(), s_classifier)).Message);
        Assert.StartsWith($"the folders of {_folder.Path}: 'a' of {_folder["a/1.png"]} is none of the model's classes: x, y, b",
            Assert.Throws<DataException>(() => LabelledData.Open(_folder.Path, new DataOptions { Labels = Labels.Of("x", "y", "b") }, s_classifier)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_gives_labels_and_its_other_columns_slices()
    {
        _folder.Picture("img/1.png", 10);
        _folder.Picture("img/2.png", 20);
        _folder.Text("labels.csv", "file,label,lamp,note\nimg/1.png,2,warm,x\nimg/2.png,0,cold,x\n");
        LabelledData data = LabelledData.Open(_folder.Path, new DataOptions(), s_classifier);
        Assert.Equal(2, data.Count);
        Assert.Equal(50, Constant(data, Row(0, 0, 1))[0]);
        SliceColumn slice = Assert.Single(data.Slices);
        Assert.Equal("lamp", slice.Name);
        Assert.Equal(["warm", "cold"], slice.Values);
        Assert.Equal($"{_folder["labels.csv"]}: there is no column 'kind'; there are file, label, lamp, note",
            Assert.Throws<DataException>(() => LabelledData.Open(_folder.Path, new DataOptions { LabelColumn = "kind" }, s_classifier)).Message);
    }

    [Fact]
    public void Good_and_other_folders_judge_an_autoencoder_by_its_reconstruction()
    {
        _folder.Picture("good/1.png", 10);
        _folder.Picture("good/2.png", 20);
        _folder.Picture("scratch/1.png", 200);
        var model = new ModelFacts([Info("x", 1, 3, 8, 8)], [Info("y", 1, 3, 8, 8)]);
        LabelledData data = LabelledData.Open(_folder.Path, new DataOptions(), model);
        Assert.Equal("anomaly detection", data.Task.Kind);
        Tensor ten = Tensor.Create<float>(new Shape(1, 3, 8, 8)), bright = Tensor.Create<float>(new Shape(1, 3, 8, 8));
        ten.AsSpan<float>().Fill(10);
        bright.AsSpan<float>().Fill(190);
        Assert.Equal(1, Constant(data, ten)[0]);
        Assert.Equal(0, Constant(data, bright)[0]);
    }

    [Fact]
    public void Without_a_good_class_there_are_no_anomalies()
    {
        _folder.Picture("crack/1.png", 10);
        _folder.Picture("scratch/1.png", 200);
        var model = new ModelFacts([Info("x", 1, 3, 8, 8)], [Info("score", 1, 1)]);
        Assert.Contains("none of crack, scratch says that a sample is good", Assert.Throws<DataException>(() => LabelledData.Open(_folder.Path, new DataOptions(), model)).Message, StringComparison.Ordinal);
    }

    /// <summary>A detector with a grid of 2×2 cells over 8×8 pixels, two classes.</summary>
    private static readonly ModelFacts s_detector = new([Info("x", 1, 3, 8, 8)], [Info("scores", 1, 2, 2, 2), Info("boxes", 1, 4, 2, 2)]);

    /// <summary>One object of class 1 with the score in the upper left cell; each side half a cell from its middle.</summary>
    private static Tensor[] OneObject(float score)
    {
        Tensor scores = Tensor.Create<float>(new Shape(1, 2, 2, 2)), boxes = Tensor.Create<float>(new Shape(1, 4, 2, 2));
        scores.AsSpan<float>()[4] = score;
        boxes.AsSpan<float>().Fill(0.5f);
        return [scores, boxes];
    }

    private static DataOptions Grid(float minScore = 0.5f) => new() { Postprocess = new PostprocessOptions { Detection = new DetectionOptions(HeadKind.Grid) { MinScore = minScore } } };

    [Fact]
    public void Yolo_boxes_lie_beside_images_in_shares_of_the_picture()
    {
        // The model sees 8×8; the picture is 16×16, so that the cell is 0..8.
        _folder.Picture("images/val/1.png", 0, 16, 16);
        _folder.Picture("images/val/2.png", 0, 16, 16);
        _folder.Text("labels/val/1.txt", "1 0.25 0.25 0.5 0.5\n");
        LabelledData data = LabelledData.Open(_folder.Path, Grid(), s_detector);
        Assert.Equal("detection", data.Task.Kind);
        // Found in both pictures, there in one: in the second it is false, with the same score, and comes later.
        Assert.Equal([100, 100], Constant(data, OneObject(0.3f)));
        Assert.Equal([0, 0], Constant(data, OneObject(0.001f)));
    }

    [Fact]
    public void Voc_boxes_count_pixels_from_1_and_name_classes()
    {
        _folder.Picture("images/1.png", 0, 16, 16);
        string Object(string name) => $"<annotation><object><name>{name}</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>8</xmax><ymax>8</ymax></bndbox></object></annotation>";
        string file = _folder.Text("annotations/1.xml", Object("cat"));
        DataOptions options = Grid() with { Labels = Labels.Of("dog", "cat") };
        Assert.Equal([100, 100], Constant(LabelledData.Open(_folder.Path, options, s_detector), OneObject(0.9f)));
        File.WriteAllText(file, Object("cow"));
        Assert.Equal($"the boxes of {_folder.Path}: 'cow' is none of the model's classes: dog, cat; give their names with --labels", Assert.Throws<DataException>(() => LabelledData.Open(_folder.Path, options, s_detector)).Message);
        File.WriteAllText(file, "<annotation><object><name>cat</name></object></annotation>");
        Assert.Equal($"{file}: an object has no <bndbox>", Assert.Throws<DataException>(() => LabelledData.Open(_folder.Path, options, s_detector)).Message);
    }

    [Fact]
    public void A_line_that_is_no_box_is_named()
    {
        _folder.Picture("1.png", 0);
        string file = _folder.Text("1.txt", "0 0.5 0.5 0.1 0.1\n0 0.5 0.5\n");
        Assert.StartsWith($"{file}: line 2 is no box", Assert.Throws<DataException>(() => LabelledData.Open(_folder.Path, Grid(), s_detector)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_labels_a_detector_is_held_to_the_boxes_of_the_float_model()
    {
        _folder.Picture("1.png", 0);
        _folder.Picture("2.png", 0);
        LabelledData data = LabelledData.Open(_folder.Path, Grid(), s_detector);
        Assert.False(data.IsLabelled);
        TaskScore score = data.Task.Start();
        score.Add(0, OneObject(0.9f), OneObject(0.6f));
        score.Add(1, OneObject(0.6f), OneObject(0.4f));
        Assert.Equal(200.0 / 3, score.Values[0], 9);
        Assert.Equal([50, 100], score.Values.Skip(1));
    }

    [Fact]
    public void Masks_give_a_class_a_pixel()
    {
        _folder.Picture("images/1.png", 4, 4, (_, _) => 0);
        _folder.Picture("masks/1.png", 4, 4, (x, y) => (byte)(y == 3 ? 255 : x < 2 ? 1 : 0));
        var model = new ModelFacts([Info("x", 1, 3, 4, 4)], [Info("map", 1, 2, 4, 4)]);
        LabelledData data = LabelledData.Open(_folder.Path, new DataOptions(), model);
        Assert.Equal("segmentation", data.Task.Kind);
        // Class 1 everywhere: half of the twelve pixels that count are; none of the other half is found.
        Tensor map = Tensor.Create<float>(new Shape(1, 2, 4, 4));
        map.AsSpan<float>()[16..].Fill(1);
        Assert.Equal((50.0 + 0) / 2, Constant(data, map)[0]);
    }

    [Fact]
    public void A_picture_with_an_empty_mask_is_good_to_a_model_of_one_score()
    {
        _folder.Picture("1.jpg", 8, 8, (_, _) => 10);
        _folder.Picture("1.png", 8, 8, (_, _) => 0);
        _folder.Picture("2.jpg", 8, 8, (_, _) => 20);
        _folder.Picture("2.png", 8, 8, (x, _) => (byte)(x == 0 ? 1 : 0));
        LabelledData data = LabelledData.Open(_folder.Path, new DataOptions(), new ModelFacts([Info("x", 1, 3, 8, 8)], [Info("score", 1, 1)]));
        TaskScore score = data.Task.Start();
        score.Add(0, [], [Row(0.1f)]);
        score.Add(1, [], [Row(0.2f)]);
        Assert.Equal([1], score.Values);
        Assert.Equal(2, data.Count);
    }

    [Fact]
    public void Preprocessing_is_that_of_the_pipeline_file_beside_the_model()
    {
        _folder.Picture("data/a/1.png", 100);
        string model = _folder.Text("model.onnx", "");
        _folder.Text("pipeline.json", """{ "model": "model.onnx", "preprocess": "scale=0.5" }""");
        var read = InputData.Open(_folder["data"], new DataOptions { Model = model }).Read(s_classifier.Inputs);
        Assert.Equal(50, read.Single()[0].AsSpan<float>()[0]);
        var own = InputData.Open(_folder["data"], new DataOptions { Model = model, Preprocess = PreprocessOptions.Parse("scale=2") }).Read(s_classifier.Inputs);
        Assert.Equal(200, own.Single()[0].AsSpan<float>()[0]);
    }
}
