using Edge.Onnx;
using Edge.Quantization.Report;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Forms;

/// <summary>Integer products whose activations are quantized while the model runs.</summary>
public class DynamicTests
{
    private static readonly QuantizationOptions Dynamic = new() { Form = QuantizationForm.Dynamic };

    private static Tensor X(params int[] shape) => Samples.NormalTensor(new Shape(shape), 11);

    private static string[] Operators(ModelProto model) => [.. model.Graph.Nodes.Select(n => n.OpType)];

    [Fact]
    public void Products_share_the_quantized_activation_and_take_their_bias()
    {
        QuantizationResult r = Quantizer.Quantize(FormModels.Dense(), null, Dynamic);
        Assert.Equal(["DynamicQuantizeLinear", "MatMulIntegerToFloat", "Relu", "DynamicQuantizeLinear", "MatMulIntegerToFloat", "MatMulIntegerToFloat"], Operators(r.Model));
        Assert.Equal("b1", r.Model.Graph.Nodes[1].Inputs[6]);
        Assert.Contains(r.Model.OpsetImports, o => o.Domain == "com.microsoft");
        Assert.Equal(["MatMul → MatMulIntegerToFloat"], r.Report.Layers.Select(l => l.Operator).Distinct());
        Tensor[] x = [X(1, 6, 32)];
        FormAgreement.Near(FormAgreement.Float(FormModels.Dense(), x), FormAgreement.Run(r.Model, x), 30);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_scale_a_column_or_one_in_all(bool perChannel)
    {
        QuantizationResult r = Quantizer.Quantize(FormModels.Dense(), Samples.Normal(4), Dynamic with { PerChannel = perChannel });
        Assert.Equal(perChannel ? [64, 16, 48] : [1, 1, 1], r.Report.Layers.Select(l => l.Weights!.Channels));
        Assert.All(r.Report.Layers, l => Assert.InRange(l.SqnrDb!.Value, 25, 80));
        Assert.All(r.Report.Outputs, o => Assert.InRange(o.SqnrDb, 25, 80));
        FormAgreement.Run(r.Model, [X(1, 6, 32)]);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void An_lstm_quantizes_its_inputs_and_states(bool bidirectional, bool perChannel)
    {
        ModelProto model = FormModels.Recurrent("LSTM", bidirectional);
        QuantizationResult r = Quantizer.Quantize(model, null, Dynamic with { PerChannel = perChannel });
        Assert.Equal(["DynamicQuantizeLSTM"], Operators(r.Model));
        Tensor[] x = [X(7, 1, 20)];
        // A state on the border of two codes may fall to either side, and stays different from then on.
        FormAgreement.Near(FormAgreement.Float(model, x), FormAgreement.Run(r.Model, x, 30), 25);
    }

    [Fact]
    public void Layers_without_a_dynamic_form_keep_float_activations()
    {
        ModelProto model = FormModels.Convolutional();
        QuantizationResult r = Quantizer.Quantize(model, null, Dynamic);
        Assert.Equal(["Conv", "Conv", "Conv", "Gemm → MatMulIntegerToFloat"], r.Report.Layers.Select(l => l.Operator));
        Assert.Equal(3, r.Model.Graph.Nodes.Count(n => n.OpType == "DequantizeLinear"));
        Tensor[] x = [X(1, 3, 9, 9)];
        FormAgreement.Near(FormAgreement.Float(model, x), FormAgreement.Run(r.Model, x), 30);
    }

    [Fact]
    public void A_product_of_two_activations_stays_float_and_says_so()
    {
        ModelProto model = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 16, 16).Initializer("w", FormModels.W(256, 1), 16, 16)
            .Node("MatMul", ["x", "w"], ["k"]).Node("MatMul", ["x", "k"], ["y"]).Output("y", DataType.Float32, 1, 16, 16).Build();
        QuantizationResult r = Quantizer.Quantize(model, null, Dynamic);
        FloatLayerReport left = Assert.Single(r.Report.FloatLayers);
        Assert.Equal(("MatMul_1", "it multiplies two activations"), (left.Name, left.Reason));
    }

    [Fact]
    public void Weights_that_are_computed_stay_float_and_say_so()
    {
        ModelProto model = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 16).Input("v", DataType.Float32, 16, 16).Initializer("w", FormModels.W(256, 1), 16, 16)
            .Node("MatMul", ["x", "w"], ["h"]).Node("Gemm", ["h", "v"], ["y"]).Output("y", DataType.Float32, 1, 16).Build();
        FloatLayerReport left = Assert.Single(Quantizer.Quantize(model, null, Dynamic).Report.FloatLayers);
        Assert.Equal(("Gemm_1", "its weights are not a float constant"), (left.Name, left.Reason));
    }

    [Fact]
    public void A_bias_with_more_dimensions_than_the_product_stays_an_addition()
    {
        ModelProto model = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 4, 16).Initializer("w", FormModels.W(256, 1), 16, 16).Initializer("b", FormModels.W(16, 2), 1, 1, 16)
            .Node("MatMul", ["x", "w"], ["h"]).Node("Add", ["h", "b"], ["y"]).Output("y", DataType.Float32, 1, 4, 16).Build();
        QuantizationResult r = Quantizer.Quantize(model, null, Dynamic);
        Assert.Contains("Add", Operators(r.Model));
        Tensor[] x = [X(4, 16)];
        FormAgreement.Near(FormAgreement.Float(model, x), FormAgreement.Run(r.Model, x), 30);
    }
}
