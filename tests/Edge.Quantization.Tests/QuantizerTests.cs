using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Report;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests;

/// <summary>What is quantized and what is not, by the structure of the written model; ONNX Runtime loads and runs each.</summary>
public class QuantizerTests
{
    private static readonly QuantizationOptions OnOracle = new() { Sessions = Oracle.Factory };

    private static float[] W(int n, int seed, double deviation = 0.3) => Samples.NormalTensor(new Shape(n), seed, 0, deviation).AsSpan<float>().ToArray();

    private static OnnxGraphBuilder Conv(OnnxGraphBuilder b, string x, string y, int inputs, int outputs) => b
        .Initializer(y + "_w", W(outputs * inputs, y.Length + inputs), outputs, inputs, 1, 1).Initializer(y + "_b", W(outputs, outputs), outputs)
        .Node("Conv", [x, y + "_w", y + "_b"], [y]);

    private static OnnxGraphBuilder Picture(int channels = 4) => new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, channels, 6, 6);

    /// <summary>Quantizes, runs the result in ONNX Runtime at its highest level, and expects every output to stay close.</summary>
    private static QuantizationResult Quantize(OnnxGraphBuilder builder, QuantizationOptions? options = null, double leastDb = 25)
    {
        QuantizationResult result = Quantizer.Quantize(builder.Build(), Samples.Normal(8), options ?? OnOracle);
        Assert.All(result.Report.Outputs, o => Assert.InRange(o.SqnrDb, leastDb, double.PositiveInfinity));
        Assert.NotEmpty(result.Report.Outputs);
        return result;
    }

    private static string[] Layers(QuantizationResult r) => [.. r.Report.Layers.Select(l => l.Operator)];

    private static string[] FloatLayers(QuantizationResult r) => [.. r.Report.FloatLayers.Select(l => l.Operator)];

    [Fact]
    public void A_classifier_becomes_integer_up_to_its_float_logits()
    {
        QuantizationResult r = Quantize(SmallClassifier());
        Assert.Equal(["Conv + Relu", "GlobalAveragePool", "Flatten", "Gemm"], Layers(r));
        Assert.Empty(r.Report.FloatLayers);
        Assert.DoesNotContain(r.Model.Graph.Nodes, n => n.OpType == "Relu");
        Assert.Empty(r.Report.Layers[^1].Outputs);
        Assert.Equal("Gemm", r.Model.Graph.Nodes[^1].OpType);
        // Flatten moves: one pair of parameters for what it reads and writes.
        Assert.Equal(Parameters(r.Report.Layers[2].Inputs[0]), Parameters(r.Report.Layers[2].Outputs[0]));
    }

    [Fact]
    public void Weights_are_int8_per_channel_and_biases_int32_at_the_product_of_scales()
    {
        QuantizationResult r = Quantize(SmallClassifier());
        NodeProto conv = r.Model.Graph.Nodes.First(n => n.OpType == "Conv");
        (NodeProto x, NodeProto w, NodeProto b) = (Producer(r, conv.Inputs[0]), Producer(r, conv.Inputs[1]), Producer(r, conv.Inputs[2]));
        Assert.Equal((int)ElementType.Int8, Constant(r, w.Inputs[0]).DataType);
        Assert.Equal((int)ElementType.Int32, Constant(r, b.Inputs[0]).DataType);
        Assert.Equal(0, w.Attributes.Single(a => a.Name == "axis").I);
        float xScale = Floats(r, x.Inputs[1])[0];
        Assert.Equal(Array.ConvertAll(Floats(r, w.Inputs[1]), s => s * xScale), Floats(r, b.Inputs[1]));
        Assert.Equal(4, Floats(r, w.Inputs[1]).Length);
        NodeProto gemm = r.Model.Graph.Nodes.First(n => n.OpType == "Gemm");
        Assert.Equal(1, Producer(r, gemm.Inputs[1]).Attributes.Single(a => a.Name == "axis").I);
        Assert.All(r.Model.Graph.Initializers.Where(t => t.Name.EndsWith("_w_zero_point", StringComparison.Ordinal)), t => Assert.All(t.GetBytes().ToArray(), v => Assert.Equal(0, v)));
    }

    [Fact]
    public void One_scale_for_whole_tensors_on_request()
    {
        QuantizationResult r = Quantize(SmallClassifier(), new() { Sessions = Oracle.Factory, PerChannel = false });
        Assert.All(r.Report.Layers.Where(l => l.Weights is not null), l => Assert.Equal(1, l.Weights!.Channels));
        Assert.DoesNotContain(r.Model.Graph.Nodes.SelectMany(n => n.Attributes), a => a.Name == "axis" && a.I == 0);
        Assert.True(r.Report.Layers[0].Weights!.SqnrDb < Quantize(SmallClassifier()).Report.Layers[0].Weights!.SqnrDb);
    }

    [Fact]
    public void Symmetric_activations_are_int8_around_zero_and_keep_the_relu()
    {
        QuantizationResult r = Quantize(SmallClassifier(), new() { Sessions = Oracle.Factory, SymmetricActivations = true });
        Assert.All(r.Report.Layers.SelectMany(l => l.Inputs), a => Assert.Equal(0, a.ZeroPoint));
        Assert.Contains(r.Model.Graph.Nodes, n => n.OpType == "Relu");
        foreach (NodeProto q in r.Model.Graph.Nodes.Where(n => n.OpType == "QuantizeLinear"))
            Assert.Equal((int)ElementType.Int8, Constant(r, q.Inputs[2]).DataType);
    }

    [Fact]
    public void Biases_stay_float_on_request()
    {
        QuantizationResult r = Quantize(SmallClassifier(), new() { Sessions = Oracle.Factory, QuantizeBias = false });
        NodeProto conv = r.Model.Graph.Nodes.First(n => n.OpType == "Conv");
        Assert.Equal((int)ElementType.Float, Constant(r, conv.Inputs[2]).DataType);
    }

    [Fact]
    public void Operators_and_nodes_stay_float_on_request()
    {
        QuantizationResult r = Quantize(SmallClassifier(), new() { Sessions = Oracle.Factory, FloatOperators = ["GlobalAveragePool"] });
        Assert.Contains(r.Report.FloatLayers, l => l is { Operator: "GlobalAveragePool", Reason: "operator GlobalAveragePool is kept in float by option" });
        Assert.Equal(["Conv + Relu", "Flatten", "Gemm"], Layers(r));
        r = Quantize(SmallClassifier(), new() { Sessions = Oracle.Factory, FloatNodes = ["Conv_*"] });
        Assert.Equal(["Flatten", "Gemm"], Layers(r));
        Assert.Contains(r.Report.FloatLayers, l => l is { Operator: "Conv", Reason: "kept in float by option 'Conv_*'" });
    }

    [Fact]
    public void A_pattern_that_matches_nothing_is_an_error() =>
        Assert.Contains("no node matches 'head*'", Assert.Throws<ModelException>(() => Quantize(SmallClassifier(), new() { Sessions = Oracle.Factory, FloatNodes = ["head*"] })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_residual_block_is_integer_throughout()
    {
        OnnxGraphBuilder b = Conv(Conv(Picture(), "x", "a", 4, 4).Node("Relu", ["a"], ["r"]), "r", "c", 4, 4).Node("Add", ["c", "r"], ["s"]).Node("Relu", ["s"], ["t"]);
        Assert.Equal(["Conv + Relu", "Conv", "Add + Relu", "Conv"], Layers(Quantize(Conv(b, "t", "y", 4, 4).Output("y"))));
    }

    [Theory]
    [InlineData("Sigmoid")]
    [InlineData("HardSigmoid")]
    public void A_gate_on_its_own_input_is_one_table(string gate)
    {
        OnnxGraphBuilder b = Conv(Picture(), "x", "a", 4, 4).Node(gate, ["a"], ["g"]).Node("Mul", ["a", "g"], ["m"]);
        QuantizationResult r = Quantize(Conv(b, "m", "y", 4, 4).Output("y"));
        Assert.Equal(["Conv", gate + " + Mul", "Conv"], Layers(r));
        NodeProto mul = r.Model.Graph.Nodes.Single(n => n.OpType == "Mul");
        Assert.Contains(mul.Inputs, i => Producer(r, i).OpType == gate);
    }

    [Fact]
    public void A_hard_swish_spelt_out_is_one_table()
    {
        OnnxGraphBuilder b = Conv(Picture(), "x", "a", 4, 4).Initializer("three", [3f]).Initializer("zero", [0f]).Initializer("six", [6f])
            .Node("Add", ["a", "three"], ["p"]).Node("Clip", ["p", "zero", "six"], ["q"]).Node("Mul", ["a", "q"], ["m"]).Node("Div", ["m", "six"], ["h"]);
        Assert.Equal(["Conv", "Add + Clip + Mul + Mul", "Conv"], Layers(Quantize(Conv(b, "h", "y", 4, 4).Output("y"))));
    }

    [Fact]
    public void The_larger_of_a_value_and_its_leaky_self_is_one_table()
    {
        OnnxGraphBuilder b = Conv(Picture(), "x", "a", 4, 4).Initializer("s", [0.2f]).Node("Mul", ["a", "s"], ["l"]).Node("Max", ["a", "l"], ["m"]);
        Assert.Equal(["Conv", "Mul + Max", "Conv"], Layers(Quantize(Conv(b, "m", "y", 4, 4).Output("y"))));
    }

    [Fact]
    public void A_quotient_of_two_activations_stays_float()
    {
        OnnxGraphBuilder b = Conv(Conv(Picture(), "x", "a", 4, 4), "x", "d2", 4, 4).Node("Exp", ["d2"], ["e"]).Node("Div", ["a", "e"], ["q"]);
        QuantizationResult r = Quantize(Conv(b, "q", "y", 4, 4).Output("y"), leastDb: 15);
        Assert.Equal(["Exp", "Div"], FloatLayers(r));
    }

    [Fact]
    public void A_gate_that_others_read_too_is_quantized_by_itself()
    {
        OnnxGraphBuilder b = Conv(Picture(), "x", "a", 4, 4).Node("Sigmoid", ["a"], ["g"]).Node("Mul", ["a", "g"], ["m"]);
        b = Conv(b, "m", "c1", 4, 4);
        b = Conv(b, "g", "c22", 4, 4).Node("Add", ["c1", "c22"], ["s"]);
        Assert.Equal(["Conv", "Sigmoid", "Mul", "Conv", "Conv", "Add", "Conv"], Layers(Quantize(Conv(b, "s", "y", 4, 4).Output("y"))));
    }

    [Fact]
    public void A_squeeze_and_excite_gate_multiplies_integers()
    {
        OnnxGraphBuilder b = Conv(Picture(), "x", "a", 4, 4).Node("GlobalAveragePool", ["a"], ["p"]);
        b = Conv(b, "p", "e", 4, 4).Node("Sigmoid", ["e"], ["g"]).Node("Mul", ["a", "g"], ["m"]);
        Assert.Equal(["Conv", "GlobalAveragePool", "Conv", "Sigmoid", "Mul", "Conv"], Layers(Quantize(Conv(b, "m", "y", 4, 4).Output("y"))));
    }

    [Fact]
    public void What_lies_behind_the_last_product_stays_float()
    {
        OnnxGraphBuilder b = Conv(Picture(), "x", "a", 4, 8).Initializer("shape", new long[] { 1, 8, 36 }, 3)
            .Node("Reshape", ["a", "shape"], ["r"]).Node("Sigmoid", ["r"], ["s"]).Node("Mul", ["s", "s"], ["m"]).Node("Concat", ["m", "r"], ["y"], AttributeProto.Of("axis", 1L)).Output("y");
        QuantizationResult r = Quantize(b);
        Assert.Equal(["Conv"], Layers(r));
        Assert.Equal(["Reshape", "Sigmoid", "Mul", "Concat"], FloatLayers(r));
        Assert.All(r.Report.FloatLayers, l => Assert.True(l.Reason.Length > 0));
    }

    [Fact]
    public void A_transpose_before_the_first_convolution_moves_bytes()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 6, 6, 4).Node("Transpose", ["x"], ["t"], AttributeProto.Of("perm", 0L, 3, 1, 2));
        QuantizationResult r = Quantize(Conv(b, "t", "y", 4, 4).Output("y"));
        Assert.Equal(["Transpose", "Conv"], Layers(r));
        Assert.Equal("QuantizeLinear", r.Model.Graph.Nodes[0].OpType);
        Assert.Equal("x", r.Model.Graph.Nodes[0].Inputs[0]);
    }

    [Fact]
    public void A_value_of_a_float_operator_is_quantized_for_integer_readers_only()
    {
        OnnxGraphBuilder b = Picture().Node("Exp", ["x"], ["e"]);
        b = Conv(b, "e", "c", 4, 4).Node("Sub", ["c", "e"], ["y"]).Output("y");
        QuantizationResult r = Quantize(b);
        Assert.Equal("e", r.Model.Graph.Nodes.Single(n => n.OpType == "Sub").Inputs[1]);
        Assert.Equal("DequantizeLinear", Producer(r, r.Model.Graph.Nodes.Single(n => n.OpType == "Conv").Inputs[0]).OpType);
    }

    [Fact]
    public void First_and_last_layers_stay_float_on_request()
    {
        OnnxGraphBuilder b = Conv(Conv(Conv(Picture(), "x", "first", 4, 4), "first", "middle", 4, 4), "middle", "last", 4, 2);
        b = Conv(b, "middle", "other", 4, 3).Output("last").Output("other");
        QuantizationResult r = Quantize(b, OnOracle with { FloatEnds = true });
        Assert.Equal(["Conv_1"], r.Report.Layers.Select(l => l.Name));
        Assert.Equal(["Conv_0", "Conv_2", "Conv_3"], r.Report.FloatLayers.Where(l => l.Operator == "Conv").Select(l => l.Name));
        Assert.All(r.Report.FloatLayers.Where(l => l.Operator == "Conv"), l => Assert.Contains("first and last layers", l.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_pooled_value_and_its_source_share_their_parameters()
    {
        OnnxGraphBuilder b = Conv(Picture(), "x", "a", 4, 4).Node("MaxPool", ["a"], ["p"], AttributeProto.Of("kernel_shape", 2L, 2), AttributeProto.Of("strides", 2L, 2));
        QuantizationResult r = Quantize(Conv(b, "p", "y", 4, 4).Output("y"));
        LayerReport pool = r.Report.Layers[1];
        Assert.Equal(Parameters(pool.Inputs[0]), Parameters(pool.Outputs[0]));
        Assert.Equal(2, r.Model.Graph.Nodes.Where(n => n.OpType == "QuantizeLinear" && n.Inputs[1] == "a_scale").Count());
    }

    [Theory]
    [InlineData(1.0, true)]
    [InlineData(0.2, false)]
    public void A_concatenated_input_shares_the_outputs_parameters_where_it_costs_nothing(double factor, bool shared)
    {
        float[] w = [1, 0, 0, 0, 0, 1, 0, 0];
        OnnxGraphBuilder b = Picture().Initializer("w1", w, 2, 4, 1, 1).Initializer("w2", Array.ConvertAll(w, v => (float)(v * factor)), 2, 4, 1, 1)
            .Node("Conv", ["x", "w1"], ["a"]).Node("Conv", ["x", "w2"], ["c"]).Node("Concat", ["a", "c"], ["k"], AttributeProto.Of("axis", 1L));
        QuantizationResult r = Quantize(Conv(b, "k", "y", 4, 4).Output("y"));
        LayerReport concat = r.Report.Layers.Single(l => l.Operator == "Concat");
        Assert.Equal(concat.Outputs[0].Scale, concat.Inputs[0].Scale);
        Assert.Equal(shared, concat.Outputs[0].Scale == concat.Inputs[1].Scale);
    }

    [Fact]
    public void Constant_operands_are_quantized_with_the_type_of_activations()
    {
        OnnxGraphBuilder b = Conv(Picture(), "x", "a", 4, 4).Initializer("k", W(4 * 36, 9), 1, 4, 6, 6).Node("Add", ["a", "k"], ["s"]);
        QuantizationResult r = Quantize(Conv(b, "s", "y", 4, 4).Output("y"));
        NodeProto add = r.Model.Graph.Nodes.Single(n => n.OpType == "Add");
        Assert.Equal((int)ElementType.UInt8, Constant(r, Producer(r, add.Inputs[1]).Inputs[0]).DataType);
    }

    [Fact]
    public void A_constant_in_a_concatenation_takes_the_outputs_parameters()
    {
        OnnxGraphBuilder b = Conv(Picture(), "x", "a", 4, 4).Initializer("zeros", new float[2 * 36], 1, 2, 6, 6).Node("Concat", ["a", "zeros"], ["k"], AttributeProto.Of("axis", 1L));
        QuantizationResult r = Quantize(Conv(b, "k", "y", 6, 4).Output("y"));
        NodeProto concat = r.Model.Graph.Nodes.Single(n => n.OpType == "Concat");
        NodeProto quantize = r.Model.Graph.Nodes.Single(n => n.OpType == "QuantizeLinear" && n.Inputs[0] == "k");
        Assert.All(concat.Inputs, i => Assert.Equal(quantize.Inputs[1..], Producer(r, i).Inputs[1..]));
        Assert.All(Constant(r, Producer(r, concat.Inputs[1]).Inputs[0]).GetBytes().ToArray(), v => Assert.Equal(r.Report.Layers[1].Outputs[0].ZeroPoint, v));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Products_of_two_activations_are_quantized_where_one_asks_for_it_and_softmax_between_stays_float(bool asked)
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 6, 8).Initializer("q", W(64, 1), 8, 8).Initializer("k", W(64, 2), 8, 8)
            .Node("MatMul", ["x", "q"], ["xq"]).Node("MatMul", ["x", "k"], ["xk"]).Node("Transpose", ["xk"], ["xt"], AttributeProto.Of("perm", 0L, 2, 1))
            .Node("MatMul", ["xq", "xt"], ["s"]).Node("Softmax", ["s"], ["p"]).Node("MatMul", ["p", "xk"], ["y"]).Output("y");
        QuantizationResult r = Quantize(b, new() { ActivationProducts = asked });
        Assert.Equal(asked ? 4 : 2, r.Report.Layers.Count(l => l.Operator == "MatMul"));
        Assert.Equal(asked ? ["Softmax"] : ["MatMul", "Softmax", "MatMul"], r.Report.FloatLayers.Where(l => l.Operator != "Transpose").Select(l => l.Operator));
        Assert.Equal(asked, r.Report.Options.ActivationProducts);
    }

    [Fact]
    public void Graph_outputs_keep_their_names_and_float_even_where_others_read_them()
    {
        OnnxGraphBuilder b = Conv(Picture(), "x", "a", 4, 4).Output("a", DataType.Float32, 1, 4, 6, 6);
        QuantizationResult r = Quantize(Conv(b, "a", "y", 4, 4).Output("y"));
        Assert.Equal(["a", "y"], r.Model.Graph.Outputs.Select(o => o.Name));
        Assert.Equal("DequantizeLinear", Producer(r, "a").OpType);
        Assert.Equal("DequantizeLinear", Producer(r, "y").OpType);
    }

    [Fact]
    public void A_tiny_channel_with_a_large_bias_keeps_its_bias()
    {
        OnnxGraphBuilder b = Picture().Initializer("w", [1f, 0, 0, 0, 1e-12f, 0, 0, 0], 2, 4, 1, 1).Initializer("b", [0f, 5f], 2).Node("Conv", ["x", "w", "b"], ["y"]).Output("y");
        QuantizationResult r = Quantize(b);
        Assert.True(r.Report.Layers[0].Weights!.BiasMadeRoom);
    }

    [Fact]
    public void A_model_in_an_old_operator_set_is_brought_to_13_and_folded()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(9).Input("x", DataType.Float32, 1, 4, 6, 6).Initializer("p", [0.5f, 1, 2, 1], 4);
        b = Conv(b, "x", "a", 4, 4).Node("BatchNormalization", ["a", "p", "p", "p", "p"], ["n"]).Node("Clip", ["n"], ["c"], AttributeProto.Of("min", 0f), AttributeProto.Of("max", 6f));
        QuantizationResult r = Quantize(Conv(b, "c", "y", 4, 4).Output("y"));
        Assert.Equal(["Conv + Clip", "Conv"], Layers(r));
        Assert.Equal(13, r.Model.OpsetImports.Single(o => o.Domain.Length == 0).Version);
        Assert.DoesNotContain(r.Model.Graph.Nodes, n => n.OpType is "Clip" or "BatchNormalization");
    }

    [Fact]
    public void The_model_that_was_given_is_not_changed()
    {
        ModelProto model = SmallClassifier().Build();
        using var before = new MemoryStream();
        OnnxWriter.Write(model, before);
        Quantizer.Quantize(model, Samples.Normal(2), OnOracle);
        using var after = new MemoryStream();
        OnnxWriter.Write(model, after);
        Assert.Equal(before.ToArray(), after.ToArray());
    }

    [Fact]
    public void Quantizing_twice_gives_the_same_bytes()
    {
        byte[] Once()
        {
            using var stream = new MemoryStream();
            OnnxWriter.Write(Quantizer.Quantize(SmallClassifier().Build(), Samples.Normal(4), OnOracle).Model, stream);
            return stream.ToArray();
        }
        Assert.Equal(Once(), Once());
    }

    internal static OnnxGraphBuilder SmallClassifier() => new OnnxGraphBuilder(opset: 13)
        .Input("x", DataType.Float32, "N", 3, 8, 8)
        .Initializer("w", W(4 * 3 * 9, 1), 4, 3, 3, 3).Initializer("b", W(4, 2), 4)
        .Initializer("fc", W(4 * 5, 3), 4, 5).Initializer("fb", W(5, 4), 5)
        .Node("Conv", ["x", "w", "b"], ["c"], AttributeProto.Of("pads", 1L, 1L, 1L, 1L))
        .Node("Relu", ["c"], ["r"])
        .Node("GlobalAveragePool", ["r"], ["g"])
        .Node("Flatten", ["g"], ["f"])
        .Node("Gemm", ["f", "fc", "fb"], ["y"])
        .Output("y", DataType.Float32, "N", 5);

    private static NodeProto Producer(QuantizationResult r, string value) => r.Model.Graph.Nodes.Single(n => n.Outputs.Contains(value));

    private static TensorProto Constant(QuantizationResult r, string name) => r.Model.Graph.Initializers.Single(t => t.Name == name);

    private static float[] Floats(QuantizationResult r, string name) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(Constant(r, name).GetBytes().Span).ToArray();

    private static (float Min, float Max, float Scale, int ZeroPoint) Parameters(ActivationReport a) => (a.Min, a.Max, a.Scale, a.ZeroPoint);
}
