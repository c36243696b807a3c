using Edge.Onnx;
using Edge.Quantization.Report;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Forms;

/// <summary>Layers of 16 bit activations around int8 weights, beside layers of 8 bits.</summary>
public class WideActivationTests
{
    private static Tensor[] X => [Samples.NormalTensor(new Shape(1, 4, 8, 8), 11)];

    /// <summary>Three convolutions, a pooling that moves, a sum of two branches, and logits: of opset 13.</summary>
    private static ModelProto Network()
    {
        var b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4, 8, 8);
        foreach ((string name, int inputs) in ((string, int)[])[("a", 4), ("b", 8), ("c", 8)])
            b.Initializer(name + "_w", FormModels.W(8 * inputs * 9, name[0]), 8, inputs, 3, 3).Initializer(name + "_b", FormModels.W(8, name[0] + 1), 8);
        AttributeProto pads = AttributeProto.Of("pads", [1L, 1, 1, 1]);
        return b.Node("Conv", ["x", "a_w", "a_b"], ["a0"], pads).Node("Relu", ["a0"], ["a"])
            .Node("Conv", ["a", "b_w", "b_b"], ["b"], pads).Node("Conv", ["a", "c_w", "c_b"], ["c"], pads).Node("Add", ["b", "c"], ["s"])
            .Node("MaxPool", ["s"], ["m"], AttributeProto.Of("kernel_shape", [2L, 2]), AttributeProto.Of("strides", [2L, 2]))
            .Node("Flatten", ["m"], ["f"]).Initializer("g_w", FormModels.W(128 * 10, 9), 128, 10).Node("Gemm", ["f", "g_w"], ["y"])
            .Output("y", DataType.Float32, 1, 10).Build();
    }

    private static QuantizationResult Quantize(bool symmetric, params string[] wide) =>
        Quantizer.Quantize(Network(), Samples.Normal(8), new() { Activations16 = wide, SymmetricActivations = symmetric });

    private static int[] Bits(QuantizationResult r, string layer) => [.. Layer(r, layer).Inputs.Concat(Layer(r, layer).Outputs).Select(a => a.Bits)];

    private static LayerReport Layer(QuantizationResult r, string layer) => r.Report.Layers.Single(l => l.Name == layer);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_layers_with_16_bits_are_as_good_as_their_weights(bool symmetric)
    {
        QuantizationResult narrow = Quantize(symmetric), wide = Quantize(symmetric, "*");
        Assert.Equal(21, wide.Model.OpsetImports.Single().Version);
        Assert.Equal(13, narrow.Model.OpsetImports.Single().Version);
        Assert.All(wide.Report.Layers.SelectMany(l => l.Inputs.Concat(l.Outputs)), a => Assert.Equal(16, a.Bits));
        Assert.All(wide.Report.Layers.Where(l => l.Weights is not null), l => Assert.Equal(8, l.Weights!.Bits));
        int type = (int)(symmetric ? ElementType.Int16 : ElementType.UInt16);
        Assert.All(wide.Model.Graph.Nodes.Where(n => n.OpType == "QuantizeLinear"), q => Assert.Equal(type, wide.Model.Graph.Initializers.Single(t => t.Name == q.Inputs[2]).DataType));
        Assert.InRange(wide.Report.Outputs[0].SqnrDb, narrow.Report.Outputs[0].SqnrDb + 2, 60);
        FormAgreement.Near(FormAgreement.Float(Network(), X), FormAgreement.Run(wide.Model, X, 50), 35);
    }

    [Fact]
    public void A_layer_writes_16_bits_and_layers_of_8_bits_read_a_copy()
    {
        // Conv_0 has 16 bits from the model's input on; both readers have 8.
        QuantizationResult r = Quantize(false, "Conv_0");
        Assert.Equal([16, 16], Bits(r, "Conv_0"));
        Assert.Equal([8, 8], Bits(r, "Conv_2"));
        Assert.Equal([8, 8, 8], Bits(r, "Add_4"));
        NodeProto copy = r.Model.Graph.Nodes.Single(n => n.Outputs[0] == "a0_dequantized8" || n.Outputs[0] == "a_dequantized8");
        Assert.Equal(2, r.Model.Graph.Nodes.Count(n => n.Inputs.Contains(copy.Outputs[0])));
        FormAgreement.Near(FormAgreement.Float(Network(), X), FormAgreement.Run(r.Model, X, 30), 25);
    }

    [Fact]
    public void What_a_layer_of_8_bits_computes_is_read_with_8_and_moves_follow_what_they_read()
    {
        QuantizationResult r = Quantize(false, "Add_4", "Flatten_6");
        Assert.Equal([8, 8], Bits(r, "Conv_0"));
        Assert.Equal([8, 8, 16], Bits(r, "Add_4"));
        Assert.Equal([16, 16], Bits(r, "MaxPool_5"));
        Assert.Equal([16, 16], Bits(r, "Flatten_6"));
        Assert.Equal([8], Bits(r, "Gemm_7"));
        FormAgreement.Near(FormAgreement.Float(Network(), X), FormAgreement.Run(r.Model, X, 30), 25);
    }

    [Fact]
    public void Biases_are_corrected_there_too()
    {
        QuantizationResult r = Quantizer.Quantize(Network(), Samples.Normal(16), new() { Activations16 = ["Conv_0", "Conv_3"], CorrectBias = BiasMethod.Empirical });
        Assert.InRange(r.Report.Outputs[0].SqnrDb, 28, 60);
        FormAgreement.Run(r.Model, X, 30);
    }

    [Fact]
    public void The_report_says_so()
    {
        QuantizationReport report = Quantize(false, "Conv_?").Report;
        Assert.Equal(["Conv_?"], report.Options.Activations16);
        Assert.Contains("activations asymmetric uint8, 16 bits at Conv_?, ranges min-max", report.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("no node matches 'Conv_9', which is to have 16 bit activations", Assert.Throws<ModelException>(() => Quantize(false, "Conv_9")).Message, StringComparison.Ordinal);
    }
}
