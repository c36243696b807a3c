using CsCheck;
using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Equalization;
using Edge.Quantization.Report;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Equalization;

/// <summary>Absorbing biases changes nothing that is more than what is told, and narrows activations.</summary>
public class BiasAbsorptionTests
{
    [Theory]
    [InlineData("Relu")]
    [InlineData("PRelu")]
    [InlineData("MaxPool")]
    [InlineData("Clip")]
    [InlineData("Gemm")]
    public void A_high_bias_moves_into_the_next_layer(string between)
    {
        ICalibrationSource samples = Samples.Normal(8);
        Prepared p = Prepared.Of(Model(between), samples);
        double before = Quantized(p.Original, p.Original);
        AbsorbedBias absorbed = Assert.Single(Absorb(p));
        Assert.Equal(4, absorbed.Channels);
        Assert.InRange(absorbed.Largest, 30, 50);
        // Inputs within three deviations of their mean: nothing was cut, and the function is the same on these samples.
        Assert.InRange(absorbed.LargestCut, double.NegativeInfinity, 0);
        p.AssertSameFunction(samples);
        double after = Quantized(p.Original, p.Graph.Model);
        Assert.True(after > before + 2.5, $"{before:F1} dB before, {after:F1} dB after");
    }

    [Fact]
    public void What_is_cut_is_told()
    {
        // Over so many values some lie beyond three deviations.
        Prepared p = Prepared.Of(Model("Relu", pixels: 64), Samples.Normal(8));
        AbsorbedBias absorbed = Assert.Single(Absorb(p));
        Assert.InRange(absorbed.LargestCut, 1e-3, 5);
        Assert.InRange(p.Sqnr(Samples.Normal(8)), 35, double.PositiveInfinity);
    }

    [Fact]
    public void The_report_says_what_was_done_and_how_far_the_function_changed()
    {
        QuantizationReport Report(int pixels) => Quantizer.Quantize(Model("Relu", pixels), Samples.Normal(8), new() { Sessions = Oracle.Factory, AbsorbBias = true, Equalize = true }).Report;
        QuantizationReport exact = Report(pixels: 2), cut = Report(pixels: 64);
        Assert.Empty(exact.Preparation!.Smoothed);
        Assert.Single(exact.Preparation.Equalized);
        Assert.Equal(0, Assert.Single(exact.Preparation.Absorbed).LargestCut);
        Assert.True(Assert.Single(cut.Preparation!.Absorbed).LargestCut > 0);
        foreach (string text in (string[])[exact.ToMarkdown(), exact.ToHtml(new("model"))])
        {
            Assert.Contains("ranges equalized", text, StringComparison.Ordinal);
            Assert.Contains("no value of the samples changed", text, StringComparison.Ordinal);
        }
        Assert.Contains("values of the samples were cut by up to ", cut.ToMarkdown(), StringComparison.Ordinal);
        Assert.Equal(cut.ToJson(), QuantizationReport.FromJson(cut.ToJson()).ToJson());
        QuantizationReport plain = Quantizer.Quantize(Model("Relu"), Samples.Normal(8), new() { Sessions = Oracle.Factory }).Report;
        Assert.DoesNotContain("Changed before quantization", plain.ToMarkdown(), StringComparison.Ordinal);
        Assert.DoesNotContain("Changed before quantization", plain.ToHtml(new("model")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("padding")]
    [InlineData("near the bound")]
    [InlineData("no activation")]
    [InlineData("MatMul")]
    public void Where_it_would_change_the_function_nothing_is_absorbed(string obstacle)
    {
        Prepared p = Prepared.Of(Model(obstacle), Samples.Normal(8));
        Assert.Empty(Absorb(p));
        p.AssertSameFunction(Samples.Normal(4, 3));
    }

    [Fact]
    public void A_network_of_random_layers_computes_the_same() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[2, 12]).Sample(
            (seed, depth) =>
            {
                Prepared p = Prepared.Of(RandomNetworkTests.Network(new Random(seed), depth), Samples.Normal(4, seed));
                IReadOnlyList<AbsorbedBias> absorbed = Absorb(p);
                if (absorbed.All(a => a.LargestCut <= 0)) p.AssertSameFunction(Samples.Normal(4, seed));
                else Assert.InRange(p.Sqnr(Samples.Normal(4, seed)), 25, double.PositiveInfinity);
            },
            iter: 40, threads: 1);

    private static IReadOnlyList<AbsorbedBias> Absorb(Prepared p) => BiasAbsorption.Apply(p.Graph, p.Facts, ChannelStatistics.Gather(
        p.Graph.Model, BiasAbsorption.Values(p.Graph, p.Facts), p.Samples, Oracle.Factory, _ => { }, CancellationToken.None));

    private static double Quantized(ModelProto original, ModelProto model)
    {
        QuantizationResult result = Quantizer.Quantize(Prepared.Copy(model), Samples.Normal(16), new() { Sessions = Oracle.Factory, MeasuredSamples = 0 });
        return Prepared.Sqnr(original, result.Model, Samples.Normal(8, 5));
    }

    /// <summary>A convolution whose first four channels lie around 20 to 50, and a layer that reads them.</summary>
    private static ModelProto Model(string kind, int pixels = 2)
    {
        float[] bias = [20, 30, 40, 50, 0.1f, -0.2f, 0.3f, 0];
        float high = kind == "near the bound" ? 22 : 100;
        if (kind == "near the bound") bias = [20, 21, 20, 21, 0.1f, -0.2f, 0.3f, 0];
        float[] w = Samples.NormalTensor(new Shape(24), 4).AsSpan<float>().ToArray(), w2 = Samples.NormalTensor(new Shape(8 * 5 * 4), 5, 0, 0.3).AsSpan<float>().ToArray();
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 3, pixels, pixels).Initializer("lo", [0f]).Initializer("hi", [high]).Initializer("slope", [0.1f], 1, 1, 1)
            .Initializer("w", w, 8, 3, 1, 1).Initializer("b", bias, 8).Node("Conv", ["x", "w", "b"], ["c"]);
        (string op, string[] inputs) = kind switch
        {
            "PRelu" => ("PRelu", ["c", "slope"]),
            "Clip" or "near the bound" => ("Clip", new[] { "c", "lo", "hi" }),
            "no activation" => ("Identity", ["c"]),
            _ => ("Relu", ["c"]),
        };
        b.Node(op, inputs, ["a"]);
        if (kind == "MaxPool") b.Node("MaxPool", ["a"], ["m"], AttributeProto.Of("kernel_shape", 2L, 2), AttributeProto.Of("pads", 1L, 1, 0, 0));
        if (kind is "Gemm" or "MatMul")
        {
            b.Node("GlobalAveragePool", ["a"], ["g"]).Node("Flatten", ["g"], ["f"]).Initializer("w2", w2[..40], 8, 5);
            if (kind == "Gemm") return b.Node("Gemm", ["f", "w2"], ["y"]).Output("y").Build();
            b.Initializer("s", new long[] { 1, 1, 8 }, 3).Node("Reshape", ["f", "s"], ["r"]);
            return b.Node("MatMul", ["r", "w2"], ["y"]).Output("y").Build();
        }
        bool padding = kind == "padding";
        b.Initializer("w2", padding ? w2 : w2[..40], padding ? [5, 8, 2, 2] : [5, 8, 1, 1]);
        return b.Node("Conv", [kind == "MaxPool" ? "m" : "a", "w2"], ["y"], AttributeProto.Of("pads", padding ? new long[] { 1, 1, 0, 0 } : new long[4])).Output("y").Build();
    }
}
