using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Rewrite;

/// <summary>A prepared model computes what the original computes, with the operators that are expected.</summary>
public class PreparationTests
{
    private static float[] W(int n, int seed, double mean = 0) => Samples.NormalTensor(new Shape(n), seed, mean, 0.5).AsSpan<float>().ToArray();

    private static float[] Positive(int n, int seed) => Array.ConvertAll(W(n, seed), v => Math.Abs(v) + 0.1f);

    /// <summary>Prepares the model, checks that ONNX Runtime gets the same results, and returns the operators that are left.</summary>
    private static string[] Prepare(OnnxGraphBuilder builder, params Shape[] inputs) => Prepare(builder, inputs, out _);

    private static string[] Prepare(OnnxGraphBuilder builder, Shape[] inputs, out ModelProto prepared)
    {
        ModelProto model = builder.Build();
        Tensor[] sample = [.. inputs.Select((s, i) => Samples.NormalTensor(s, 10 + i))];
        using IInferenceSession before = Oracle.Session(model);
        float[][] expected = [.. before.Run(sample).Select(t => t.AsSpan<float>().ToArray())];
        using var copy = new MemoryStream();
        OnnxWriter.Write(model, copy);
        prepared = OnnxReader.Read(copy.ToArray(), "test");
        var source = new DelegateCalibrationSource("test", 1, _ => [sample]);
        (OnnxGraph graph, _) = ModelPreparation.Prepare(prepared, new SampleReader(source, null), Oracle.Factory);
        using IInferenceSession after = Oracle.Session(prepared);
        IReadOnlyList<Tensor> actual = after.Run(sample);
        for (int o = 0; o < expected.Length; o++)
        {
            ReadOnlySpan<float> y = actual[o].AsSpan<float>();
            Assert.Equal(expected[o].Length, y.Length);
            for (int i = 0; i < y.Length; i++) Assert.InRange(y[i], expected[o][i] - 1e-4f, expected[o][i] + 1e-4f);
        }
        Assert.True(graph.Opset >= 13);
        return [.. graph.Nodes.Select(n => n.OpType)];
    }

    private static OnnxGraphBuilder BatchNormalization(OnnxGraphBuilder b, string x, string y, int channels) => b
        .Initializer("gamma", W(channels, 21), channels).Initializer("beta", W(channels, 22), channels)
        .Initializer("mean", W(channels, 23), channels).Initializer("var", Positive(channels, 24), channels)
        .Node("BatchNormalization", [x, "gamma", "beta", "mean", "var"], [y], AttributeProto.Of("epsilon", 1e-3f));

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Batch_normalization_folds_into_a_convolution(int group, bool bias)
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4, 5, 5).Initializer("w", W(6 * 4 / group * 9, 1), 6, 4 / group, 3, 3).Initializer("b", W(6, 2), 6);
        b.Node("Conv", bias ? ["x", "w", "b"] : ["x", "w"], ["c"], AttributeProto.Of("group", (long)group));
        Assert.Equal(["Conv"], Prepare(BatchNormalization(b, "c", "y", 6).Output("y"), new Shape(1, 4, 5, 5)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Batch_normalization_folds_into_a_transposed_convolution(int group)
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4, 3, 3).Initializer("w", W(4 * 6 / group * 4, 1), 4, 6 / group, 2, 2);
        b.Node("ConvTranspose", ["x", "w"], ["c"], AttributeProto.Of("group", (long)group), AttributeProto.Of("strides", 2L, 2L));
        Assert.Equal(["ConvTranspose"], Prepare(BatchNormalization(b, "c", "y", 6).Output("y"), new Shape(1, 4, 3, 3)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Batch_normalization_folds_into_a_dense_layer_with_alpha_and_beta(long transB)
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 2, 4).Initializer("b", W(3, 2), 1, 3);
        b = transB == 0 ? b.Initializer("w", W(12, 1), 4, 3) : b.Initializer("w", W(12, 1), 3, 4);
        b.Node("Gemm", ["x", "w", "b"], ["c"], AttributeProto.Of("transB", transB), AttributeProto.Of("alpha", 0.5f), AttributeProto.Of("beta", 2f));
        Assert.Equal(["Gemm"], Prepare(BatchNormalization(b, "c", "y", 3).Output("y"), new Shape(2, 4)));
    }

    [Fact]
    public void A_matrix_product_with_a_bias_and_batch_normalization_becomes_one_dense_layer()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 2, 4).Initializer("w", W(12, 1), 4, 3).Initializer("b", W(3, 2), 3)
            .Node("MatMul", ["x", "w"], ["m"]).Node("Add", ["b", "m"], ["a"]);
        Assert.Equal(["Gemm"], Prepare(BatchNormalization(b, "a", "y", 3).Output("y"), new Shape(2, 4)));
    }

    [Fact]
    public void A_matrix_product_of_three_dimensions_takes_factors_but_no_terms()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 2, 5, 4).Initializer("w", W(12, 1), 4, 3).Initializer("f", Positive(3, 3), 3).Initializer("b", W(3, 2), 3)
            .Node("MatMul", ["x", "w"], ["m"]).Node("Div", ["m", "f"], ["d"]).Node("Add", ["d", "b"], ["y"]).Output("y");
        Assert.Equal(["MatMul", "Add"], Prepare(b, new Shape(2, 5, 4)));
    }

    [Fact]
    public void Factors_and_terms_per_channel_fold_and_others_stay()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 2, 4, 4).Initializer("w", W(3 * 2, 1), 3, 2, 1, 1)
            .Initializer("f", W(3, 2), 3, 1, 1).Initializer("t", W(3, 3), 1, 3, 1, 1).Initializer("s", [0.7f]).Initializer("row", W(4, 4), 4)
            .Node("Conv", ["x", "w"], ["c"]).Node("Mul", ["f", "c"], ["m"]).Node("Sub", ["m", "t"], ["s1"]).Node("Div", ["s1", "s"], ["d"])
            .Node("Add", ["d", "row"], ["y"]).Output("y");
        Assert.Equal(["Conv", "Add"], Prepare(b, new Shape(1, 2, 4, 4)));
    }

    [Fact]
    public void What_is_subtracted_from_a_constant_stays()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 2, 4, 4).Initializer("w", W(3 * 2, 1), 3, 2, 1, 1).Initializer("one", [1f])
            .Node("Conv", ["x", "w"], ["c"]).Node("Sub", ["one", "c"], ["y"]).Output("y");
        Assert.Equal(["Conv", "Sub"], Prepare(b, new Shape(1, 2, 4, 4)));
    }

    [Fact]
    public void A_result_that_others_read_too_is_not_folded_into()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4, 5, 5).Initializer("w", W(4 * 4, 1), 4, 4, 1, 1).Node("Conv", ["x", "w"], ["c"]);
        Assert.Equal(["Conv", "BatchNormalization", "Add"], Prepare(BatchNormalization(b, "c", "n", 4).Node("Add", ["c", "n"], ["y"]).Output("y"), new Shape(1, 4, 5, 5)));
    }

    [Fact]
    public void Weights_that_two_nodes_share_are_folded_for_one_and_kept_for_the_other()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4, 5, 5).Initializer("w", W(4 * 4, 1), 4, 4, 1, 1)
            .Node("Conv", ["x", "w"], ["c"]).Node("Conv", ["x", "w"], ["d"]);
        Assert.Equal(["Conv", "Conv", "Add"], Prepare(BatchNormalization(b, "c", "n", 4).Node("Add", ["d", "n"], ["y"]).Output("y"), new Shape(1, 4, 5, 5)));
    }

    [Fact]
    public void Identities_dropouts_and_constant_nodes_disappear()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4)
            .Node("Constant", [], ["k"], AttributeProto.Of("value", OnnxGraphBuilder.Tensor("k", W(4, 1), 4)))
            .Node("Constant", [], ["half"], AttributeProto.Of("value_float", 0.5f))
            .Node("Identity", ["x"], ["i"]).Node("Mul", ["i", "k"], ["m"]).Node("Dropout", ["m", "half"], ["d"]).Node("Identity", ["d"], ["y"]).Output("y");
        Assert.Equal(["Mul"], Prepare(b, new Shape(1, 4)));
    }

    [Fact]
    public void An_identity_between_input_and_output_stays() =>
        Assert.Equal(["Identity"], Prepare(new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4).Node("Identity", ["x"], ["y"]).Output("y"), new Shape(1, 4)));

    [Fact]
    public void Weights_that_are_computed_from_constants_become_constants()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4).Initializer("w", W(12, 1), 3, 4)
            .Node("Transpose", ["w"], ["wt"]).Node("MatMul", ["x", "wt"], ["y"]).Output("y");
        Assert.Equal(["Gemm"], Prepare(b, new Shape(1, 4)));
    }

    [Theory]
    [InlineData(13, 1, new[] { "MaxPool", "GlobalAveragePool" })]
    [InlineData(13, 0, new[] { "MaxPool", "GlobalAveragePool", "Flatten" })]
    [InlineData(18, 0, new[] { "MaxPool", "GlobalAveragePool", "Flatten" })]
    public void A_mean_over_all_pixels_is_a_global_pool(int opset, long keep, string[] expected)
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(opset).Input("p", DataType.Float32, 1, 4, 3, 5).Node("MaxPool", ["p"], ["x"], AttributeProto.Of("kernel_shape", 1L, 1L));
        b = opset < 18 ? b.Node("ReduceMean", ["x"], ["y"], AttributeProto.Of("axes", -1L, 2L), AttributeProto.Of("keepdims", keep))
            : b.Initializer("axes", new long[] { 2, 3 }, 2).Node("ReduceMean", ["x", "axes"], ["y"], AttributeProto.Of("keepdims", keep));
        Assert.Equal(expected, Prepare(b.Output("y"), new Shape(1, 4, 3, 5)));
    }

    [Fact]
    public void A_mean_of_what_no_convolution_made_stays() =>
        Assert.Equal(["ReduceMean"], Prepare(new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4, 3).Node("ReduceMean", ["x"], ["y"], AttributeProto.Of("axes", (long[])[-1])).Output("y"), new Shape(1, 4, 3)));

    [Fact]
    public void A_mean_over_channels_stays() =>
        Assert.Equal(["ReduceMean"], Prepare(new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4, 3, 5).Node("ReduceMean", ["x"], ["y"], AttributeProto.Of("axes", 1L, 2L)).Output("y"), new Shape(1, 4, 3, 5)));

    [Fact]
    public void Initializers_are_no_inputs_afterwards()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(8).Input("x", DataType.Float32, 1, 4).Input("w", DataType.Float32, 4, 3).Initializer("w", W(12, 1), 4, 3)
            .Node("MatMul", ["x", "w"], ["y"]).Output("y");
        Prepare(b, [new Shape(1, 4)], out ModelProto prepared);
        Assert.Equal("x", Assert.Single(prepared.Graph.Inputs).Name);
    }

    [Fact]
    public void A_variance_below_zero_is_refused_by_node()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 1, 5, 5).Initializer("w", [1f], 1, 1, 1, 1).Node("Conv", ["x", "w"], ["c"])
            .Initializer("one", [1f], 1).Initializer("var", [-1f], 1).Node("BatchNormalization", ["c", "one", "one", "one", "var"], ["y"]).Output("y");
        var source = new DelegateCalibrationSource("test", 1, _ => [[Samples.NormalTensor(new Shape(1, 1, 5, 5), 1)]]);
        string message = Assert.Throws<ModelException>(() => ModelPreparation.Prepare(b.Build(), new SampleReader(source, null), Oracle.Factory)).Message;
        Assert.Contains("BatchNormalization 'BatchNormalization_1': channel 0", message, StringComparison.Ordinal);
    }
}
