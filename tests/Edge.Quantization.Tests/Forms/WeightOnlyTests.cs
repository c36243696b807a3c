using Edge.Onnx;
using Edge.Quantization.Report;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Forms;

/// <summary>Weights that are stored as integers and multiplied as floats.</summary>
public class WeightOnlyTests
{
    private static readonly QuantizationOptions Weights8 = new() { Form = QuantizationForm.WeightOnly8 }, Weights4 = new() { Form = QuantizationForm.WeightOnly4 };

    private static Tensor X(params int[] shape) => Samples.NormalTensor(new Shape(shape), 11);

    private static Tensor[] Input(string name) => name switch
    {
        "dense" => [X(1, 6, 32)],
        "convolutional" => [X(1, 3, 9, 9)],
        _ => [X(7, 1, 20)],
    };

    private static ModelProto Model(string name) => name switch
    {
        "dense" => FormModels.Dense(),
        "convolutional" => FormModels.Convolutional(),
        _ => FormModels.Recurrent(name.Split(' ')[0], name.EndsWith("both", StringComparison.Ordinal)),
    };

    [Theory]
    [InlineData("dense")]
    [InlineData("convolutional")]
    [InlineData("LSTM")]
    [InlineData("LSTM both")]
    [InlineData("GRU")]
    [InlineData("GRU both")]
    [InlineData("RNN both")]
    public void Int8_weights_are_near_and_the_engines_agree(string name)
    {
        ModelProto model = Model(name);
        foreach (bool perChannel in (bool[])[true, false])
        {
            QuantizationResult r = Quantizer.Quantize(model, null, Weights8 with { PerChannel = perChannel });
            Assert.All(r.Report.Layers, l => Assert.Equal(8, l.Weights!.Bits));
            Assert.DoesNotContain(r.Model.Graph.Initializers, t => t.DataType == (int)ElementType.Float && t.Dims.Count > 2);
            FormAgreement.Near(FormAgreement.Float(model, Input(name)), FormAgreement.Run(r.Model, Input(name), 30), 30);
        }
    }

    /// <summary>Without samples the model is run on zeros to learn shapes; where it does not run on them, what it declares is enough.</summary>
    [Fact]
    public void A_model_that_does_not_run_on_zeros_needs_no_samples_either()
    {
        float[] w = Samples.NormalTensor(new Shape(32 * 32), 3, 0, 0.12).AsSpan<float>().ToArray();
        ModelProto model = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 32).Input("step", DataType.Int64).Initializer("w", w, 32, 32).Initializer("from", [0L]).Initializer("to", [8L])
            .Node("MatMul", ["x", "w"], ["y"]).Node("Squeeze", ["from"], ["first"]).Node("Squeeze", ["to"], ["last"]).Node("Range", ["first", "last", "step"], ["r"]).Output("y").Output("r", DataType.Int64, -1).Build();
        Assert.Throws<ModelException>(() => FormAgreement.Run(model, [X(1, 32), Tensor.Create<long>(new Shape(), [0])], 0));
        Assert.Single(Quantizer.Quantize(model, null, Weights8).Report.Layers);
    }

    [Theory]
    [InlineData("dense", 16)]
    [InlineData("dense", 32)]
    [InlineData("convolutional", 32)]
    [InlineData("LSTM", 16)]
    [InlineData("GRU both", 16)]
    public void Weights_of_4_bits_are_nearer_in_smaller_blocks_and_with_zero_points(string name, int block)
    {
        ModelProto model = Model(name);
        double Db(bool asymmetric, int size)
        {
            QuantizationResult r = Quantizer.Quantize(model, null, Weights4 with { WeightBlock = size, AsymmetricWeights = asymmetric });
            Assert.Equal(21, r.Model.OpsetImports.Single(o => o.Domain.Length == 0).Version);
            Assert.Contains(r.Model.Graph.Initializers, t => t.DataType == (int)(asymmetric ? ElementType.UInt4 : ElementType.Int4));
            FormAgreement.Near(FormAgreement.Float(model, Input(name)), FormAgreement.Run(r.Model, Input(name), 25), 12);
            LayerReport[] layers = [.. r.Report.Layers.Where(l => l.Weights!.Bits == 4)];
            return layers.Average(l => l.Weights!.SqnrDb);
        }
        double symmetric = Db(false, block);
        Assert.InRange(symmetric, 18, 30);
        Assert.InRange(Db(true, block), symmetric - 0.3, 30);
        Assert.True(Db(false, 2 * block) < symmetric);
    }

    [Fact]
    public void Sums_too_short_for_blocks_have_8_bits()
    {
        QuantizationResult r = Quantizer.Quantize(FormModels.Convolutional(), null, Weights4);
        Assert.Equal([("w1", 8), ("w2", 8), ("w3", 4), ("w4", 4)], r.Report.Layers.Select((l, i) => ($"w{i + 1}", l.Weights!.Bits)));
    }

    [Theory]
    [InlineData(QuantizationForm.WeightOnly8)]
    [InlineData(QuantizationForm.WeightOnly4)]
    [InlineData(QuantizationForm.Dynamic)]
    public void Rows_are_looked_up_as_integers_and_a_shared_matrix_is_stored_once(QuantizationForm form)
    {
        QuantizationResult r = Quantizer.Quantize(FormModels.Embedding(), null, new() { Form = form });
        NodeProto gather = r.Model.Graph.Nodes.First(n => n.OpType == "Gather");
        Assert.Equal((int)ElementType.Int8, r.Model.Graph.Initializers.Single(t => t.Name == gather.Inputs[0]).DataType);
        Assert.Equal(form == QuantizationForm.Dynamic ? 0 : 1, r.Model.Graph.Nodes.Count(n => n.OpType == "DequantizeLinear"));
        Tensor[] ids = [Tensor.Create<long>(new Shape(1, 5), [3, 0, 49, 3, 17])];
        FormAgreement.Near(FormAgreement.Float(FormModels.Embedding(), ids), FormAgreement.Run(r.Model, ids, 20), 15);
    }

    [Fact]
    public void Errors_are_measured_where_there_are_samples()
    {
        QuantizationReport without = Quantizer.Quantize(FormModels.Dense(), null, Weights8).Report;
        Assert.Equal((0, 0), (without.MeasuredSamples, without.Outputs.Count));
        Assert.All(without.Layers, l => Assert.Null(l.SqnrDb));
        Assert.StartsWith("edge/", without.Provider, StringComparison.Ordinal);
        QuantizationReport with = Quantizer.Quantize(FormModels.Dense(), Samples.Normal(40), Weights8 with { MeasuredSamples = 5 }).Report;
        Assert.Equal((5, 2), (with.MeasuredSamples, with.Outputs.Count));
        Assert.All(with.Layers, l => Assert.InRange(l.SqnrDb!.Value, 35, 80));
        QuantizationReport read = QuantizationReport.FromJson(with.ToJson());
        Assert.Equal(QuantizationForm.WeightOnly8, read.Options.Form);
        Assert.Contains("\"form\": \"WeightOnly8\"", with.ToJson(), StringComparison.Ordinal);
        Assert.Contains("Weights int8 per channel, activations float32.", with.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_stays_float_is_told()
    {
        ModelProto model = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 16).Initializer("w", FormModels.W(256, 1), 16, 16).Initializer("v", FormModels.W(32, 1), 16, 2)
            .Node("MatMul", ["x", "w"], ["a"]).Node("MatMul", ["a", "w"], ["b"]).Node("Gemm", ["b", "w"], ["c"]).Node("MatMul", ["c", "v"], ["y"]).Output("y", DataType.Float32, 1, 2).Build();
        QuantizationResult r = Quantizer.Quantize(model, null, Weights8 with { FloatNodes = ["*_1"], FloatOperators = ["Gemm"] });
        Assert.Equal(
            [("MatMul_1", "kept in float by option '*_1'"), ("Gemm_2", "operator Gemm is kept in float by option"), ("MatMul_3", "its 32 weights take less room as they are")],
            r.Report.FloatLayers.Select(l => (l.Name, l.Reason)));
        Assert.Equal("MatMul_0", Assert.Single(r.Report.Layers).Name);
        Assert.Contains("no node matches 'nowhere'", Assert.Throws<ModelException>(() => Quantizer.Quantize(model, null, Weights8 with { FloatNodes = ["nowhere"] })).Message, StringComparison.Ordinal);
        Assert.StartsWith("nothing to quantize: every layer stays float (MatMul 'MatMul_0': kept in float by option '*'",
            Assert.Throws<ModelException>(() => Quantizer.Quantize(model, null, Weights8 with { FloatNodes = ["*"] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_do_not_fit_are_refused()
    {
        ModelProto model = FormModels.Dense();
        Assert.Throws<ArgumentNullException>(() => Quantizer.Quantize(model, null));
        Assert.Throws<ArgumentException>(() => Quantizer.Quantize(model, null, Weights4 with { WeightBlock = 24 }));
        QuantizationResult made = Quantizer.Quantize(model, null, new() { Form = QuantizationForm.Dynamic });
        Assert.Contains("is quantized already", Assert.Throws<ModelException>(() => Quantizer.Quantize(made.Model, null, Weights8)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_computed_from_constants_are_found_without_samples()
    {
        ModelProto model = new OnnxGraphBuilder(13).Input("x", DataType.Float32, "N", 16).Initializer("w", FormModels.W(32 * 16, 1), 32, 16)
            .Node("Transpose", ["w"], ["t"], AttributeProto.Of("perm", [1L, 0L])).Node("MatMul", ["x", "t"], ["y"]).Output("y", DataType.Float32, "N", 32).Build();
        QuantizationResult r = Quantizer.Quantize(model, null, Weights8);
        Assert.Equal(["DequantizeLinear", "MatMul"], r.Model.Graph.Nodes.Select(n => n.OpType));
        Tensor[] x = [X(3, 16)];
        FormAgreement.Near(FormAgreement.Float(model, x), FormAgreement.Run(r.Model, x, 30), 35);
    }
}
