using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Onnx;
using Edge.Pipeline.Postprocessing;
using Edge.Pipeline.Postprocessing.Heads;
using Edge.Runtime;
using Edge.Tensors;
using Xunit;

namespace Edge.Pipeline.Tests.Postprocessing;

/// <summary>Each head is given outputs that encode known boxes, written from the formulas in its documentation.</summary>
public sealed class HeadTests
{
    private static List<Detection> Decode(IDetectionHead head, float minScore, params Tensor[] outputs)
    {
        var found = new List<Detection>();
        head.Decode(outputs, minScore, found);
        return found;
    }

    private static void AssertBox(Box expected, Box actual)
    {
        Assert.Equal(expected.Left, actual.Left, 1e-3f);
        Assert.Equal(expected.Top, actual.Top, 1e-3f);
        Assert.Equal(expected.Right, actual.Right, 1e-3f);
        Assert.Equal(expected.Bottom, actual.Bottom, 1e-3f);
    }

    private static float Logit(double p) => (float)Math.Log(p / (1 - p));

    private static DetectionOptions Options(HeadKind kind) => new(kind);

    [Theory]
    [InlineData(0, 8, 0, 5)]
    [InlineData(1, 16, 3, 1)]
    [InlineData(2, 32, 1, 0)]
    public void Yolox_cells_are_found_in_the_grid_of_their_stride(int grid, int stride, int column, int row)
    {
        // 128 × 64: grids of 16×8, 8×4 and 4×2 cells.
        const int classes = 3, step = 5 + classes;
        int[] starts = [0, 128, 160];
        var output = Tensor.Create<float>(new Shape(1, 168, step));
        Span<float> cell = output.AsSpan<float>().Slice((starts[grid] + row * (128 / stride) + column) * step, step);
        ((ReadOnlySpan<float>)[0.25f, -0.5f, MathF.Log(2), MathF.Log(0.5f), 0.8f, 0.1f, 0.5f, 0.2f]).CopyTo(cell);
        var head = DetectionHeads.Create(Options(HeadKind.Yolox), [Made.Info("out", output)], Made.Input(128, 64));
        Assert.Equal(classes, head.Classes);
        Detection d = Assert.Single(Decode(head, 0.3f, output));
        Assert.Equal((1, 0.4f), (d.ClassId, d.Score));
        AssertBox(Box.FromCenter((column + 0.25f) * stride, (row - 0.5f) * stride, 2 * stride, 0.5f * stride), d.Box);
    }

    [Fact]
    public void Yolov5_decoded_rows_are_centre_size_objectness_and_classes()
    {
        Tensor output = Made.Tensor([1, 2, 7], 50, 40, 20, 10, 0.9f, 0.2f, 0.5f, 1, 1, 1, 1, 0.2f, 1, 1);
        var head = DetectionHeads.Create(Options(HeadKind.Yolov5), [Made.Info("out", output)], Made.Input(64, 64));
        Detection d = Assert.Single(Decode(head, 0.3f, output));
        Assert.Equal((1, 0.45f), (d.ClassId, d.Score));
        AssertBox(new Box(40, 35, 60, 45), d.Box);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Yolov5_raw_outputs_are_decoded_with_their_anchors(bool classesLast)
    {
        const int classes = 2, step = 7;
        var outputs = new Tensor[3];
        int[] sizes = [8, 4, 2];
        for (int g = 0; g < 3; g++)
        {
            int n = sizes[g];
            outputs[g] = Tensor.Create<float>(classesLast ? new Shape(1, 3, n, n, step) : new Shape(1, 3 * step, n, n));
            outputs[g].AsSpan<float>().Fill(-20);
        }
        // In the grid of stride 16: anchor 1 (62 × 45), column 2, row 1.
        float[] values = [Logit(0.6), Logit(0.3), Logit(0.5), Logit(0.4), Logit(0.9), Logit(0.1), Logit(0.8)];
        for (int k = 0; k < step; k++)
            outputs[1].AsSpan<float>()[classesLast ? (1 * 16 + 1 * 4 + 2) * step + k : (1 * step + k) * 16 + 1 * 4 + 2] = values[k];
        var head = DetectionHeads.Create(Options(HeadKind.Yolov5), [.. outputs.Select((t, i) => Made.Info($"o{i}", t))], Made.Input(64, 64));
        Assert.Equal(classes, head.Classes);
        Detection d = Assert.Single(Decode(head, 0.3f, outputs));
        Assert.Equal(1, d.ClassId);
        Assert.Equal(0.72f, d.Score, 1e-5f);
        AssertBox(Box.FromCenter((1.2f - 0.5f + 2) * 16, (0.6f - 0.5f + 1) * 16, 1 * 62, 0.64f * 45), d.Box);
    }

    [Fact]
    public void Yolov8_planes_are_centre_size_and_classes()
    {
        var output = Tensor.Create<float>(new Shape(1, 6, 84));
        float[] column = [30, 20, 10, 8, 0.1f, 0.7f];
        for (int k = 0; k < 6; k++) output.AsSpan<float>()[k * 84 + 40] = column[k];
        var head = DetectionHeads.Create(Options(HeadKind.Yolov8), [Made.Info("out", output)], Made.Input(64, 64));
        Assert.Equal(2, head.Classes);
        Detection d = Assert.Single(Decode(head, 0.5f, output));
        Assert.Equal((1, 0.7f), (d.ClassId, d.Score));
        AssertBox(new Box(25, 16, 35, 24), d.Box);
    }

    [Fact]
    public void FastestDet_weighs_objectness_and_class_by_powers()
    {
        var output = Tensor.Create<float>(new Shape(1, 7, 4, 8));
        int cell = 2 * 8 + 3;
        float[] values = [0.9f, MathF.Atanh(0.5f), MathF.Atanh(-0.25f), Logit(0.5), Logit(0.25), 0.2f, 0.8f];
        for (int k = 0; k < 7; k++) output.AsSpan<float>()[k * 32 + cell] = values[k];
        var head = DetectionHeads.Create(Options(HeadKind.FastestDet), [Made.Info("758", output)], Made.Input(128, 64));
        Detection d = Assert.Single(Decode(head, 0.3f, output));
        Assert.Equal(1, d.ClassId);
        Assert.Equal(Math.Pow(0.9, 0.6) * Math.Pow(0.8, 0.4), d.Score, 1e-5);
        AssertBox(Box.FromCenter(3.5f / 8 * 128, 1.75f / 4 * 64, 64, 16), d.Box);
    }

    [Fact]
    public void NanoDet_distances_are_means_of_distributions()
    {
        Assert.Equal(3.5f, NanoDetHead.Distance([1, 1, 1, 1, 1, 1, 1, 1]), 1e-6f);
        Assert.Equal(5, NanoDetHead.Distance([0, 0, 0, 0, 0, 100, 0, 0]), 1e-4f);
    }

    [Fact]
    public void NanoDet_pairs_scores_and_boxes_of_each_grid_by_their_size()
    {
        // 64 × 32: 8×4, 4×2 and 2×1 cells, given out of order.
        int[] cells = [32, 8, 2];
        Tensor[] scores = [.. cells.Select(n => Tensor.Create<float>(new Shape(1, n, 5)))], boxes = [.. cells.Select(n => Tensor.Create<float>(new Shape(1, n, 32)))];
        scores[1].AsSpan<float>()[5 * 5 + 3] = 0.6f;
        float[] bins = [1, 2, 3, 0];
        for (int side = 0; side < 4; side++) boxes[1].AsSpan<float>()[5 * 32 + side * 8 + (int)bins[side]] = 1000;
        Tensor[] outputs = [scores[2], boxes[0], scores[0], boxes[1], scores[1], boxes[2]];
        Runtime.TensorInfo[] infos = [.. outputs.Select((t, i) => Made.Info($"{i}", t))];
        // Boxes before scores in one grid and after them in another: the pairs must agree on one order.
        Tensor[] ordered = [scores[0], scores[1], scores[2], boxes[0], boxes[1], boxes[2]];
        var head = DetectionHeads.Create(Options(HeadKind.NanoDet), [.. ordered.Select((t, i) => Made.Info($"{i}", t))], Made.Input(64, 32));
        Assert.Equal(5, head.Classes);
        Detection d = Assert.Single(Decode(head, 0.5f, ordered));
        Assert.Equal((3, 0.6f), (d.ClassId, d.Score));
        // Column 1, row 1 of stride 16: centre (24, 24).
        AssertBox(new Box(24 - 16, 24 - 32, 24 + 48, 24 + 0), d.Box);
        Assert.Equal(6, infos.Length);
        AssertBox(d.Box, Assert.Single(Decode(DetectionHeads.Create(Options(HeadKind.NanoDet), infos, Made.Input(64, 32)), 0.5f, outputs)).Box);
    }

    [Fact]
    public void Grid_distances_are_in_cells_from_the_cells_centre()
    {
        var scores = Tensor.Create<float>(new Shape(1, 2, 4, 8));
        var boxes = Tensor.Create<float>(new Shape(1, 4, 4, 8));
        scores.AsSpan<float>()[32 + 8 + 2] = 0.75f;
        float[] distances = [1, 0.5f, 2, 1.5f];
        for (int k = 0; k < 4; k++) boxes.AsSpan<float>()[k * 32 + 8 + 2] = distances[k];
        var head = DetectionHeads.Create(Options(HeadKind.Grid), [Made.Info("scores", scores), Made.Info("boxes", boxes)], Made.Input(128, 64));
        Detection d = Assert.Single(Decode(head, 0.5f, scores, boxes));
        Assert.Equal((1, 0.75f), (d.ClassId, d.Score));
        AssertBox(new Box(1.5f * 16, 1 * 16, 4.5f * 16, 3 * 16), d.Box);
    }

    [Theory]
    [InlineData(0, 8, 5, 3)]
    [InlineData(1, 16, 3, 1)]
    [InlineData(2, 32, 1, 0)]
    public void Yunet_scores_are_roots_of_products_and_sizes_logarithms(int grid, int stride, int column, int row)
    {
        // 128 × 64: grids of 16×8, 8×4 and 4×2 cells; outputs in the order of the published models.
        int[] strides = [8, 16, 32], cells = [128, 32, 8];
        var outputs = new List<(string Name, Tensor Value)>();
        foreach ((string name, int values) in ((string, int)[])[("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)])
            for (int g = 0; g < 3; g++) outputs.Add(($"{name}_{strides[g]}", Tensor.Create<float>(new Shape(1, cells[g], values))));
        int cell = row * (128 / stride) + column;
        outputs[grid].Value.AsSpan<float>()[cell] = 0.9f;
        outputs[3 + grid].Value.AsSpan<float>()[cell] = 0.4f;
        float[] box = [0.25f, -0.5f, MathF.Log(3), MathF.Log(1.5f)];
        box.CopyTo(outputs[6 + grid].Value.AsSpan<float>()[(4 * cell)..]);
        // A sure object that is no face has no score.
        outputs[3].Value.AsSpan<float>()[0] = 1;
        TensorInfo[] infos = [.. outputs.Select(o => Made.Info(o.Name, o.Value))];
        Assert.Equal(HeadKind.YuNet, DetectionHeads.Guess(infos, Made.Input(128, 64)));
        Detection d = Assert.Single(Decode(DetectionHeads.Create(Options(HeadKind.YuNet), infos, Made.Input(128, 64)), 0.5f, [.. outputs.Select(o => o.Value)]));
        Assert.Equal((0, 0.6f), (d.ClassId, MathF.Round(d.Score, 5)));
        AssertBox(Box.FromCenter((column + 0.25f) * stride, (row - 0.5f) * stride, 3 * stride, 1.5f * stride), d.Box);
        Assert.Throws<ModelException>(() => DetectionHeads.Create(Options(HeadKind.YuNet), infos[1..], Made.Input(128, 64)));
    }

    [Theory]
    [InlineData(Activation.None, 0.7f)]
    [InlineData(Activation.Softmax, 0.46396f)]
    [InlineData(Activation.Sigmoid, 0.6682f)]
    public void Ssd_offsets_move_and_scale_the_priors(Activation activation, float expected)
    {
        Tensor offsets = Made.Tensor([1, 2, 4], 0, 0, 0, 0, 1, -0.5f, 5 * MathF.Log(2), 0);
        Tensor scores = Made.Tensor([1, 2, 3], 0.9f, 0.05f, 0.05f, 0.2f, 0.1f, 0.7f);
        Tensor priors = Made.Tensor([2, 4], 0.5f, 0.5f, 0.1f, 0.1f, 0.25f, 0.5f, 0.2f, 0.4f);
        var options = new DetectionOptions(HeadKind.Ssd) { Background = 0, Activation = activation };
        var head = DetectionHeads.Create(options, [Made.Info("loc", offsets), Made.Info("conf", scores), Made.Info("priors", priors)], Made.Input(100, 50));
        Assert.Equal(2, head.Classes);
        Detection d = Decode(head, 0.3f, offsets, scores, priors).Single(x => x.ClassId == 1 && x.Box.Width > 30);
        Assert.Equal(expected, d.Score, 1e-4f);
        AssertBox(Box.FromCenter((0.25f + 1 * 0.1f * 0.2f) * 100, (0.5f - 0.5f * 0.1f * 0.4f) * 50, 0.4f * 100, 0.4f * 50), d.Box);
    }

    [Theory]
    [InlineData(BoxForm.Corners, true, new[] { 0.1f, 0.2f, 0.3f, 0.6f })]
    [InlineData(BoxForm.CornersYx, true, new[] { 0.2f, 0.1f, 0.6f, 0.3f })]
    [InlineData(BoxForm.Center, true, new[] { 0.2f, 0.4f, 0.2f, 0.4f })]
    [InlineData(BoxForm.Corners, false, new[] { 10f, 10f, 30f, 30f })]
    public void Ready_boxes_are_read_in_every_form(BoxForm form, bool normalized, float[] box)
    {
        Tensor boxes = Made.Tensor([1, 1, 4], box), scores = Made.Tensor([1, 1, 2], 0.1f, 0.9f);
        var options = new DetectionOptions(HeadKind.Boxes) { BoxForm = form, Normalized = normalized, Background = 0 };
        var head = DetectionHeads.Create(options, [Made.Info("scores", scores), Made.Info("boxes", boxes)], Made.Input(100, 50));
        Detection d = Assert.Single(Decode(head, 0.5f, scores, boxes));
        Assert.Equal((0, 0.9f), (d.ClassId, d.Score));
        AssertBox(new Box(10, 10, 30, 30), d.Box);
    }

    [Fact]
    public void Ready_boxes_may_come_with_a_class_each_and_open_in_number()
    {
        Tensor boxes = Made.Tensor([3, 4], 0, 0, 1, 1, 0, 0, 2, 2, 0, 0, 3, 3), scores = Made.Tensor([3], 0.9f, 0.8f, 0.1f);
        var classes = Tensor.Create<long>(new Shape(3), [2, 0, 1]);
        var options = new DetectionOptions(HeadKind.Boxes) { Normalized = false, Background = 0 };
        var head = DetectionHeads.Create(
            options, [Made.Info("boxes", -1, 4), Made.Info("labels", DataType.Int64, -1), Made.Info("scores", -1)], Made.Input(10, 10));
        Assert.Null(head.Classes);
        Detection d = Assert.Single(Decode(head, 0.5f, boxes, classes, scores));
        Assert.Equal((1, 0.9f), (d.ClassId, d.Score));
        Assert.Empty(Decode(head, 0.5f, Tensor.Create<float>(new Shape(0, 4)), Tensor.Create<long>(new Shape(0)), Tensor.Create<float>(new Shape(0))));
    }

    [Fact]
    public void Values_that_are_not_finite_are_an_error_and_never_no_detection()
    {
        var scores = Tensor.Create<float>(new Shape(1, 1, 2, 2));
        var boxes = Tensor.Create<float>(new Shape(1, 4, 2, 2));
        var head = DetectionHeads.Create(Options(HeadKind.Grid), [Made.Info("scores", scores), Made.Info("boxes", boxes)], Made.Input(16, 16));
        scores.AsSpan<float>().Fill(float.NaN);
        Assert.Equal("output 'boxes' holds a value that is not finite", Assert.Throws<ModelException>(() => Decode(head, 0.5f, scores, boxes)).Message);
        scores.AsSpan<float>().Fill(0.9f);
        boxes.AsSpan<float>().Fill(float.PositiveInfinity);
        Assert.Throws<ModelException>(() => Decode(head, 0.5f, scores, boxes));
    }

    [Theory]
    [InlineData(HeadKind.Yolox, "head yolox does not suit the model's outputs (a: float[1,10]; b: float[1,10]); expected: one of [1, N, 5 + classes]")]
    [InlineData(HeadKind.Yolov8, "head yolov8 does not suit the model's outputs (a: float[1,10]; b: float[1,10]); expected: one of [1, 4 + classes, N]")]
    [InlineData(HeadKind.FastestDet, "head fastestdet does not suit the model's outputs (a: float[1,10]; b: float[1,10]); expected: one of [1, 5 + classes, rows, columns]")]
    [InlineData(HeadKind.Grid, "head grid does not suit the model's outputs (a: float[1,10]; b: float[1,10]); expected: 'scores' [1, classes, rows, columns] and 'boxes' [1, 4, rows, columns]")]
    [InlineData(HeadKind.NanoDet, "head nanodet does not suit")]
    [InlineData(HeadKind.Yolov5, "head yolov5 does not suit")]
    [InlineData(HeadKind.Ssd, "head ssd does not suit")]
    [InlineData(HeadKind.Boxes, "head boxes does not suit")]
    public void A_head_that_does_not_suit_the_model_says_what_it_expects(HeadKind kind, string message) =>
        Assert.StartsWith(
            message,
            Assert.Throws<ModelException>(() => DetectionHeads.Create(Options(kind), [Made.Info("a", 1, 10), Made.Info("b", 1, 10)], Made.Input(64, 64))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_shape_that_differs_from_the_declared_one_is_named()
    {
        var head = DetectionHeads.Create(Options(HeadKind.Yolox), [Made.Info("out", 1, -1, -1)], Made.Input(64, 64));
        Assert.Equal(
            "output 'out' has shape [1,3,7]; expected: [1, 84, 5 + classes]",
            Assert.Throws<ModelException>(() => Decode(head, 0.5f, Tensor.Create<float>(new Shape(1, 3, 7)))).Message);
    }

    [Fact]
    public void The_head_of_a_model_is_guessed_from_its_shapes()
    {
        ModelInput input = Made.Input(416, 416);
        Assert.Equal(HeadKind.Yolox, DetectionHeads.Guess([Made.Info("o", 1, 3549, 85)], input));
        Assert.Equal(HeadKind.Yolov5, DetectionHeads.Guess([Made.Info("o", 1, 10647, 85)], input));
        Assert.Equal(HeadKind.Yolov8, DetectionHeads.Guess([Made.Info("o", 1, 84, 3549)], input));
        Assert.Equal(HeadKind.FastestDet, DetectionHeads.Guess([Made.Info("o", 1, 85, 22, 22)], Made.Input(352, 352)));
        Assert.Equal(HeadKind.Grid, DetectionHeads.Guess([Made.Info("scores", 1, 6, 24, 24), Made.Info("boxes", 1, 4, 24, 24)], input));
        Assert.Equal(HeadKind.Boxes, DetectionHeads.Guess([Made.Info("scores", 1, 4420, 2), Made.Info("boxes", 1, 4420, 4)], input));
        Assert.Equal(
            HeadKind.NanoDet,
            DetectionHeads.Guess([.. new[] { 80, 32 }.SelectMany(w => new[] { 2704, 676, 169 }.Select(n => Made.Info($"{w}{n}", 1, n, w)))], input));
        Assert.Null(DetectionHeads.Guess([Made.Info("prob", 1, 1000)], input));
        Assert.Null(DetectionHeads.Guess([Made.Info("map", 1, 21, 416, 416)], input));
    }
}
