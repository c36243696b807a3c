using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Opset;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Rewrite;

/// <summary>A node of an old operator set computes the same after its conversion to opset 13 or 21, as ONNX Runtime computes both.</summary>
public class OpsetUpgradeTests
{
    private static OnnxGraphBuilder Builder(int opset, params long[] dims) => new OnnxGraphBuilder(opset).Input("x", DataType.Float32, dims);

    private static ModelProto Upgraded(OnnxGraphBuilder builder, Tensor x, int target = 13)
    {
        ModelProto model = builder.Build();
        using var stream = new MemoryStream();
        OnnxWriter.Write(model, stream);
        ModelProto copy = OnnxReader.Read(stream.ToArray(), "test");
        var graph = new OnnxGraph(copy);
        graph.NameNodes();
        TensorFacts facts = TensorFacts.Gather(graph, Oracle.Factory, new SampleReader(new DelegateCalibrationSource("test", 1, _ => [[x]]), null));
        OpsetUpgrade.Apply(graph, facts, target);
        Assert.Equal(target, graph.Opset);
        Assert.True(copy.IrVersion >= (target == 13 ? 7 : 10));
        return copy;
    }

    private static void SameResults(OnnxGraphBuilder builder, params int[] shape) => SameResults(builder, 13, shape);

    private static void SameResults(OnnxGraphBuilder builder, int target, int[] shape)
    {
        Tensor x = Samples.NormalTensor(new Shape(shape), 5);
        ModelProto upgraded = Upgraded(builder, x, target);
        using IInferenceSession before = Oracle.Session(builder.Build()), after = Oracle.Session(upgraded);
        IReadOnlyList<Tensor> expected = before.Run(x), actual = after.Run(x);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Shape, actual[i].Shape);
            Assert.Equal(expected[i].Bytes.ToArray(), actual[i].Bytes.ToArray());
        }
    }

    [Theory]
    [InlineData(-0.5f, 0.5f)]
    [InlineData(null, 0.5f)]
    [InlineData(-0.5f, null)]
    public void Clip_of_opset_6(float? min, float? max)
    {
        List<AttributeProto> attributes = [];
        if (min is { } lo) attributes.Add(AttributeProto.Of("min", lo));
        if (max is { } hi) attributes.Add(AttributeProto.Of("max", hi));
        SameResults(Builder(9, 2, 5).Node("Clip", ["x"], ["y"], [.. attributes]).Output("y"), 2, 5);
    }

    [Theory]
    [InlineData("constant")]
    [InlineData("reflect")]
    [InlineData("edge")]
    public void Pad_of_opset_2(string mode) =>
        SameResults(Builder(9, 1, 1, 4, 4).Node("Pad", ["x"], ["y"], AttributeProto.Of("pads", 0L, 0, 1, 2, 0, 0, 2, 1), AttributeProto.Of("mode", mode), AttributeProto.Of("value", 0.25f)).Output("y"), 1, 1, 4, 4);

    [Fact]
    public void Slice_of_opset_1() =>
        SameResults(Builder(9, 4, 6).Node("Slice", ["x"], ["y"], AttributeProto.Of("starts", 1L, -3), AttributeProto.Of("ends", 3L, 1000), AttributeProto.Of("axes", 0L, 1)).Output("y"), 4, 6);

    [Fact]
    public void TopK_of_opset_1() =>
        SameResults(Builder(9, 2, 6).Node("TopK", ["x"], ["y", "i"], AttributeProto.Of("k", 3L), AttributeProto.Of("axis", 1L)).Output("y").Output("i"), 2, 6);

    [Fact]
    public void Squeeze_unsqueeze_and_split_of_opset_11()
    {
        OnnxGraphBuilder b = Builder(11, 1, 6, 2).Node("Squeeze", ["x"], ["s"], AttributeProto.Of("axes", (long[])[0])).Node("Unsqueeze", ["s"], ["u"], AttributeProto.Of("axes", 0L, 2))
            .Node("Split", ["u"], ["a", "b"], AttributeProto.Of("axis", 1L), AttributeProto.Of("split", 2L, 4)).Output("a").Output("b");
        SameResults(b, 1, 6, 2);
    }

    [Fact]
    public void Squeeze_and_split_without_attributes_of_opset_11() =>
        SameResults(Builder(11, 1, 6, 2).Node("Squeeze", ["x"], ["s"]).Node("Split", ["s"], ["a", "b"]).Output("a").Output("b"), 1, 6, 2);

    [Fact]
    public void ReduceSum_of_opset_11() =>
        SameResults(Builder(11, 2, 3, 4).Node("ReduceSum", ["x"], ["y"], AttributeProto.Of("axes", (long[])[1]), AttributeProto.Of("keepdims", 0L)).Output("y"), 2, 3, 4);

    [Theory]
    [InlineData("Softmax", null)]
    [InlineData("Softmax", 1L)]
    [InlineData("Softmax", 2L)]
    [InlineData("Softmax", -2L)]
    [InlineData("Softmax", -1L)]
    [InlineData("LogSoftmax", 1L)]
    [InlineData("Hardmax", 1L)]
    public void Softmax_of_opset_11_keeps_flattening(string opType, long? axis) =>
        SameResults(Builder(11, 2, 3, 4).Node(opType, ["x"], ["y"], axis is { } a ? [AttributeProto.Of("axis", a)] : []).Output("y"), 2, 3, 4);

    [Fact]
    public void Softmax_of_a_matrix_needs_no_reshaping() =>
        Assert.Equal("Softmax", Assert.Single(Upgraded(Builder(11, 2, 3).Node("Softmax", ["x"], ["y"]).Output("y"), Samples.NormalTensor(new Shape(2, 3), 1)).Graph.Nodes).OpType);

    [Theory]
    [InlineData(7, "nearest")]
    [InlineData(9, "nearest")]
    [InlineData(9, "linear")]
    public void Upsample(int opset, string mode)
    {
        OnnxGraphBuilder b = Builder(opset, 1, 2, 3, 3);
        b = opset < 9 ? b.Node("Upsample", ["x"], ["y"], AttributeProto.Of("scales", 1f, 1f, 2f, 3f), AttributeProto.Of("mode", mode))
            : b.Initializer("s", [1f, 1f, 2f, 3f], 4).Node("Upsample", ["x", "s"], ["y"], AttributeProto.Of("mode", mode));
        SameResults(b.Output("y"), 1, 2, 3, 3);
    }

    [Theory]
    [InlineData("nearest")]
    [InlineData("linear")]
    public void Resize_of_opset_10(string mode) =>
        SameResults(Builder(10, 1, 2, 3, 3).Initializer("s", [1f, 1f, 2.5f, 2f], 4).Node("Resize", ["x", "s"], ["y"], AttributeProto.Of("mode", mode)).Output("y"), 1, 2, 3, 3);

    [Fact]
    public void BatchNormalization_of_opset_7() =>
        SameResults(Builder(7, 1, 1, 2, 2).Initializer("p", [0.5f], 1).Node("BatchNormalization", ["x", "p", "p", "p", "p"], ["y"], AttributeProto.Of("spatial", 1L)).Output("y"), 1, 1, 2, 2);

    [Fact]
    public void What_has_no_equal_is_refused_by_node()
    {
        Tensor x = Samples.NormalTensor(new Shape(1, 1, 4, 4), 1);
        OnnxGraphBuilder b = Builder(10, 1, 1, 4, 4).Initializer("s", [1f, 1f, 0.5f, 0.5f], 4).Node("Resize", ["x", "s"], ["y"]).Output("y");
        string message = Assert.Throws<ModelException>(() => Upgraded(b, x)).Message;
        Assert.Contains("Resize 'Resize_0': cannot be converted to opset 13: nearest neighbour", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Operator_sets_below_7_are_refused()
    {
        var graph = new OnnxGraph(Builder(6, 1, 4).Node("Relu", ["x"], ["y"]).Output("y").Build());
        Assert.Contains("opset 6; supported: 7 and above", Assert.Throws<ModelException>(() => OpsetUpgrade.Apply(graph, new TensorFacts())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Newer_operator_sets_stay()
    {
        var graph = new OnnxGraph(Builder(17, 1, 4).Node("Relu", ["x"], ["y"]).Output("y").Build());
        OpsetUpgrade.Apply(graph, new TensorFacts());
        Assert.Equal(17, graph.Opset);
    }

    [Theory]
    [InlineData("ReduceMean")]
    [InlineData("ReduceMax")]
    [InlineData("ReduceL2")]
    [InlineData("ReduceLogSumExp")]
    [InlineData("ReduceSum")]
    public void Axes_of_reductions_are_an_input_in_opset_21(string opType)
    {
        foreach (int opset in (int[])[11, 12])
            SameResults(Builder(opset, 2, 3, 5).Node(opType, ["x"], ["y"], AttributeProto.Of("axes", [1L]), AttributeProto.Of("keepdims", 0L)).Output("y"), 21, [2, 3, 5]);
        SameResults(Builder(13, 2, 3, 5).Node(opType, ["x"], ["y"]).Output("y"), 21, [2, 3, 5]);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    public void Equal_parts_are_asked_for_by_number_in_opset_21(int opset) =>
        SameResults(Builder(opset, 2, 6).Node("Split", ["x"], ["y", "z"], AttributeProto.Of("axis", 1L)).Output("y").Output("z"), 21, [2, 6]);

    [Theory]
    [InlineData("bilinear")]
    [InlineData("bicubic")]
    [InlineData("nearest")]
    [InlineData(null)]
    public void GridSample_of_opset_16_in_opset_21(string? mode)
    {
        AttributeProto[] attributes = mode is null ? [] : [AttributeProto.Of("mode", mode)];
        SameResults(
            Builder(16, 1, 2, 5, 5).Initializer("g", Samples.NormalTensor(new Shape(24), 3, 0, 0.5).AsSpan<float>().ToArray(), 1, 3, 4, 2).Node("GridSample", ["x", "g"], ["y"], attributes).Output("y"),
            21, [1, 2, 5, 5]);
    }

    [Fact]
    public void DFT_of_opset_17_in_opset_21() =>
        SameResults(Builder(17, 1, 8, 1).Node("DFT", ["x"], ["y"]).Output("y"), 21, [1, 8, 1]);

    [Fact]
    public void A_region_of_opset_10_keeps_its_borders_in_opset_21() => SameResults(
        Builder(10, 1, 1, 8, 8).Initializer("rois", [0.5f, 1, 6, 5.5f], 1, 4).Initializer("batch", [0L], 1)
            .Node("RoiAlign", ["x", "rois", "batch"], ["y"], AttributeProto.Of("output_height", 2L), AttributeProto.Of("output_width", 3L)).Output("y"),
        21, [1, 1, 8, 8]);

    [Fact]
    public void What_has_no_form_in_opset_21_is_refused_by_name()
    {
        OnnxGraphBuilder b = Builder(18, 1, 4, 3).Initializer("s", [1f, 2], 2).Initializer("b", [0f, 0], 2).Node("GroupNormalization", ["x", "s", "b"], ["y"], AttributeProto.Of("num_groups", 2L)).Output("y");
        ModelException e = Assert.Throws<ModelException>(() => Upgraded(b, Samples.NormalTensor(new Shape(1, 4, 3), 1), 21));
        Assert.Equal("GroupNormalization 'GroupNormalization_0': cannot be converted to opset 21: scale and bias for each group have no form in opset 21; export the model again with opset 21 or above", e.Message);
    }
}
