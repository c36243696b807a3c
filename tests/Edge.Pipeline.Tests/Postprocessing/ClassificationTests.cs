using CsCheck;
using Edge.Imaging;
using Edge.Onnx;
using Edge.Pipeline.Postprocessing;
using Edge.Tensors;
using Xunit;

namespace Edge.Pipeline.Tests.Postprocessing;

public sealed class ClassificationTests
{
    [Fact]
    public void Softmax_adds_up_to_one_and_stands_huge_logits()
    {
        float[] scores = Classification.Scores(Made.Tensor([1, 3], 1000, 1001, 999), new ClassificationOptions { Activation = Activation.Softmax });
        Assert.Equal(1, scores.Sum(), 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(-1) + Math.Exp(-2)), scores[1], 1e-6);
    }

    [Fact]
    public void The_background_is_left_out_after_the_activation()
    {
        float[] scores = Classification.Scores(Made.Tensor([1, 3, 1, 1], 0.5f, 0.2f, 0.3f), new ClassificationOptions { SkipFirst = true });
        Assert.Equal([0.2f, 0.3f], scores);
    }

    [Fact]
    public void The_top_is_sorted_and_ties_go_to_the_lower_number() =>
        Gen.Select(Gen.Int[0, 5].Array[0, 20], Gen.Int[1, 8]).Sample((values, k) =>
        {
            float[] scores = [.. values.Select(v => (float)v)];
            var expected = scores.Select((s, i) => new ClassScore(i, s)).OrderByDescending(c => c.Score).ThenBy(c => c.ClassId).Take(k);
            return expected.SequenceEqual(Classification.Top(scores, k));
        });

    [Fact]
    public void Integer_outputs_are_read_as_they_are()
    {
        Assert.Equal([3, 250], Classification.Scores(Tensor.Create<byte>(new Shape(1, 2), [3, 250]), new ClassificationOptions()));
        Assert.Equal([-3, 25], Classification.Scores(Tensor.Create<sbyte>(new Shape(1, 2), [-3, 25]), new ClassificationOptions()));
    }

    [Fact]
    public void Values_that_are_not_finite_are_an_error() =>
        Assert.Equal(
            "output 'prob' holds a value that is not finite",
            Assert.Throws<ModelException>(() => Classification.Scores(Made.Tensor([1, 2], 1, float.NaN), new ClassificationOptions(), "prob")).Message);

    [Fact]
    public void Labels_must_have_as_many_lines_as_the_model_has_classes()
    {
        var options = new PostprocessOptions { Classification = new ClassificationOptions() };
        var e = Assert.Throws<ModelException>(() => Postprocessor.Create(options, [Made.Info("prob", 1, 4)], Made.Input(8, 8), Labels.Of("a", "b")));
        Assert.Equal("labels has 2 labels, but output 'prob' has 4 classes", e.Message);
        // With the background left out, three remain.
        var skipping = new PostprocessOptions { Classification = new ClassificationOptions { SkipFirst = true } };
        Assert.Equal(3, Postprocessor.Create(skipping, [Made.Info("prob", -1, 4)], Made.Input(8, 8)).Labels.Count);
    }

    [Fact]
    public void An_open_number_of_classes_is_checked_when_it_is_known()
    {
        var options = new PostprocessOptions { Classification = new ClassificationOptions() };
        Assert.Throws<ModelException>(() => Postprocessor.Create(options, [Made.Info("prob", -1, -1)], Made.Input(8, 8)));
        var postprocessor = Postprocessor.Create(options, [Made.Info("prob", -1, -1)], Made.Input(8, 8), Labels.Of("a", "b"));
        Tensor three = Made.Tensor([1, 3], 1, 2, 3);
        Assert.Throws<ModelException>(() => postprocessor.Read(new ModelRun(three, [three], default, 8, 8)));
    }

    [Fact]
    public void A_reconstruction_error_is_the_mean_of_squares()
    {
        Assert.Equal(2.5f, AnomalyScore.MeanSquaredError(Made.Tensor([1, 2], 1, 2), Made.Tensor([2, 1], 2, 4)));
        Assert.Throws<ModelException>(() => AnomalyScore.MeanSquaredError(Made.Tensor([1, 2], 1, 2), Made.Tensor([1, 3], 1, 2, 3)));
    }

    [Fact]
    public void A_segmentation_takes_the_best_class_of_each_cell()
    {
        Tensor scores = Made.Tensor([1, 2, 1, 3], 0.1f, 0.9f, 0.5f, 0.7f, 0.2f, 0.5f);
        ClassMap map = Segmentation.ArgMax(scores);
        Assert.Equal((3, 1), (map.Width, map.Height));
        Assert.Equal([1, 0, 0], map.Classes);
        Assert.Equal([7, 8], Segmentation.ArgMax(Tensor.Create<long>(new Shape(1, 1, 2), [7, 8])).Classes);
        Assert.Throws<ModelException>(() => Segmentation.ArgMax(Made.Tensor([1, 3], 1, 2, 3)));
    }

    [Fact]
    public void A_segmentation_returns_to_the_source_through_the_letterbox()
    {
        // A 40×20 picture in a 20×20 input: rows 5…14. The map has a cell for each two pixels of the input.
        Placement placement = Placement.Letterbox(new PixelRegion(0, 0, 40, 20), 20, 20, centered: true);
        int[] classes = [.. Enumerable.Range(0, 100).Select(i => i % 10 < 5 ? 1 : 2)];
        int[] source = new ClassMap(10, 10, classes).OnSource(placement, 20, 20, 40, 20);
        for (int y = 0; y < 20; y++)
            for (int x = 0; x < 40; x++) Assert.Equal(x < 20 ? 1 : 2, source[y * 40 + x]);
        Placement crop = Placement.Crop(new PixelRegion(0, 0, 40, 20), 20, 20);
        Assert.Equal(-1, new ClassMap(10, 10, classes).OnSource(crop, 20, 20, 40, 20)[0]);
    }

    [Theory]
    [InlineData("""{"detection":{"head":"yolox","minScore":0.3}}""")]
    [InlineData("""{"classification":{"activation":"softmax","skipFirst":true,"top":3}}""")]
    [InlineData("""{"reconstruction":{}}""")]
    public void Options_are_read_from_json_and_written_back(string json)
    {
        var options = PostprocessOptions.FromJson(json);
        Assert.Equal(options, PostprocessOptions.FromJson(options.ToJson()));
    }

    [Theory]
    [InlineData("{}", "postprocess: give exactly one of classification, detection, reconstruction")]
    [InlineData("""{"reconstruction":{},"classification":{}}""", "postprocess: give exactly one of classification, detection, reconstruction")]
    [InlineData("""{"detection":{"head":"yolox","minScore":3}}""", "detection: minScore 3 is not within 0…1")]
    [InlineData("""{"detection":{"head":"yolox","background":0}}""", "detection: activation and background do not belong to head Yolox")]
    [InlineData("""{"detection":{"head":"yolox","anchors":[1,2]}}""", "detection: anchors do not belong to head Yolox")]
    [InlineData("""{"detection":{"head":"yolov5","anchors":[1,2]}}""", "detection: 2 anchor numbers; each output has three anchors of two positive numbers")]
    public void Options_that_are_not_possible_are_refused(string json, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => PostprocessOptions.FromJson(json)).Message);

    [Fact]
    public void An_unknown_head_or_member_is_named()
    {
        Assert.Contains("heads", Assert.Throws<FormatException>(() => PostprocessOptions.FromJson("""{"detection":{"heads":"yolox"}}""")).Message, StringComparison.Ordinal);
        Assert.Contains("head", Assert.Throws<FormatException>(() => PostprocessOptions.FromJson("""{"detection":{"head":"yolo99"}}""")).Message, StringComparison.Ordinal);
    }
}
