using CsCheck;
using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Equalization;
using Edge.Quantization.Report;
using Edge.Quantization.Rewrite;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Equalization;

/// <summary>A smoothed model computes what the original computes, and its activations quantize better.</summary>
public class SmoothQuantTests
{
    private const int Width = 16;

    public static TheoryData<string> Producers => ["fused", "written out", "affine", "linear"];

    [Theory]
    [MemberData(nameof(Producers))]
    public void Outliers_of_an_activation_move_into_the_weights(string producer)
    {
        ICalibrationSource samples = Samples.Normal(16);
        Prepared p = Prepared.Of(Block(producer), samples);
        double before = Quantized(p.Original, p.Original);
        IReadOnlyList<SmoothedInput> smoothed = Smooth(p);
        SmoothedInput input = smoothed.Single(s => s.Consumers.Count == 2);
        Assert.InRange(input.SpreadAfter, 1, input.SpreadBefore / 2);
        p.AssertSameFunction(Samples.Normal(8, 5));
        double after = Quantized(p.Original, p.Graph.Model);
        Assert.True(after > before + 3, $"{before:F1} dB before, {after:F1} dB after");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.75)]
    [InlineData(1)]
    public void The_ranges_follow_the_strength(double alpha)
    {
        Prepared p = Prepared.Of(Block("fused"), Samples.Normal(16));
        IReadOnlyDictionary<string, int> values = SmoothQuant.Values(p.Graph, p.Facts);
        Dictionary<string, ChannelStatistics> before = Gather(p, values);
        SmoothQuant.Apply(p.Graph, p.Facts, before, alpha);
        string input = values.Keys.First();
        float[] after = [.. Enumerable.Range(0, Width).Select(Gather(p, values)[input].Magnitude)];
        // With strength 1 all channels of the input are alike, with 0 all rows of the weights are.
        if (alpha == 1) Assert.InRange(after.Max() / after.Min(), 1, 1.001);
        float[] rows = [.. Enumerable.Range(0, Width).Select(r => p.Graph.Nodes.Where(n => n.OpType == "MatMul").Take(2)
            .Max(n => p.Graph.Constant(n.Inputs[1])!.Floats().Skip(r * Width).Take(Width).Max(Math.Abs)))];
        if (alpha == 0) Assert.InRange(rows.Max() / rows.Min(), 1, 1.001);
        if (alpha == 0.75) Assert.True(after.Max() / after.Min() < rows.Max() / rows.Min());
        p.AssertSameFunction(Samples.Normal(8, 5));
    }

    [Fact]
    public void A_network_of_random_layers_computes_the_same() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[2, 12], Gen.Int[0, 10]).Sample(
            (seed, depth, tenths) =>
            {
                ICalibrationSource samples = Samples.Normal(4, seed);
                Prepared p = Prepared.Of(RandomNetworkTests.Network(new Random(seed), depth), samples);
                SmoothQuant.Apply(p.Graph, p.Facts, Gather(p, SmoothQuant.Values(p.Graph, p.Facts)), tenths / 10.0);
                p.AssertSameFunction(samples);
            },
            iter: 40, threads: 1);

    [Fact]
    public void A_residual_that_reads_the_normalization_keeps_it_as_it_is()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(17).Input("x", DataType.Float32, 1, 5, Width);
        Normalization(b, "fused");
        b.Initializer("w", Weights(1), Width, Width).Node("MatMul", ["n", "w"], ["m"]).Node("Add", ["m", "n"], ["y"]).Output("y");
        Prepared p = Prepared.Of(b.Build(), Samples.Normal(4));
        Assert.Empty(Smooth(p));
    }

    [Fact]
    public void A_strength_beyond_its_range_is_refused()
    {
        Prepared p = Prepared.Of(Block("fused"), Samples.Normal(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => SmoothQuant.Apply(p.Graph, p.Facts, new Dictionary<string, ChannelStatistics>(), 1.5));
    }

    private static IReadOnlyList<SmoothedInput> Smooth(Prepared p) => SmoothQuant.Apply(p.Graph, p.Facts, Gather(p, SmoothQuant.Values(p.Graph, p.Facts)));

    private static Dictionary<string, ChannelStatistics> Gather(Prepared p, IReadOnlyDictionary<string, int> values) =>
        ChannelStatistics.Gather(p.Graph.Model, values, p.Samples, Oracle.Factory, _ => { }, CancellationToken.None);

    private static double Quantized(ModelProto original, ModelProto model)
    {
        QuantizationResult result = Quantizer.Quantize(Prepared.Copy(model), Samples.Normal(16), new() { Sessions = Oracle.Factory, MeasuredSamples = 0 });
        return Prepared.Sqnr(original, result.Model, Samples.Normal(8, 5));
    }

    /// <summary>What begins a transformer's attention: a normalization with a few large channels, read by two products.</summary>
    private static ModelProto Block(string producer)
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(17).Input("x", DataType.Float32, 1, 5, Width);
        Normalization(b, producer);
        b.Initializer("wq", Weights(1), Width, Width).Initializer("wk", Weights(2), Width, Width)
            .Node("MatMul", ["n", "wq"], ["q"]).Node("MatMul", ["n", "wk"], ["k"]).Node("Sigmoid", ["k"], ["s"]).Node("Mul", ["q", "s"], ["y"]);
        return b.Output("y").Build();
    }

    private static void Normalization(OnnxGraphBuilder b, string producer)
    {
        float[] scale = [.. Enumerable.Range(0, Width).Select(c => c % 7 == 3 ? 40f : 0.5f + (0.05f * c))];
        float[] shift = [.. Enumerable.Range(0, Width).Select(c => (c % 5 == 2 ? 20f : 0.1f) * (c % 2 == 0 ? 1 : -1))];
        b.Initializer("scale", scale, Width).Initializer("shift", shift, Width);
        switch (producer)
        {
            case "fused":
                b.Node("LayerNormalization", ["x", "scale", "shift"], ["n"], AttributeProto.Of("axis", -1L));
                break;
            case "affine":
                b.Node("Tanh", ["x"], ["t"]).Node("Mul", ["t", "scale"], ["g"]).Node("Add", ["g", "shift"], ["n"]);
                break;
            case "linear":
                float[] w = [.. Weights(3).Select((v, i) => v * scale[i % Width])];
                b.Initializer("wp", w, Width, Width).Node("MatMul", ["x", "wp"], ["p"]).Node("Add", ["p", "shift"], ["a"]).Node("Relu", ["a"], ["n"]);
                break;
            default:
                b.Node("ReduceMean", ["x"], ["mean"], AttributeProto.Of("axes", new long[] { -1 })).Node("Sub", ["x", "mean"], ["d"]).Initializer("two", [2f]).Initializer("eps", [1e-5f])
                    .Node("Pow", ["d", "two"], ["d2"]).Node("ReduceMean", ["d2"], ["var"], AttributeProto.Of("axes", new long[] { -1 })).Node("Add", ["var", "eps"], ["ve"])
                    .Node("Sqrt", ["ve"], ["sd"]).Node("Div", ["d", "sd"], ["z"]).Node("Mul", ["z", "scale"], ["g"]).Node("Add", ["g", "shift"], ["n"]);
                break;
        }
    }

    private static float[] Weights(int seed) => Samples.NormalTensor(new Shape(Width * Width), seed, 0, 0.25).AsSpan<float>().ToArray();
}
