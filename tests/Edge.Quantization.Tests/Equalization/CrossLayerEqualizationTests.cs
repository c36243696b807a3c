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

/// <summary>An equalized model computes what the original computes, and its layers' channels have ranges alike.</summary>
public class CrossLayerEqualizationTests
{
    private static readonly string[] Between = ["Relu", "LeakyRelu", "PRelu", "PReluOne", "None", "MaxPool", "AveragePool", "Pad", "Abs", "Add", "Resize", "Residual"];

    [Fact]
    public void A_network_of_random_layers_computes_the_same() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[2, 12]).Sample(
            (seed, depth) =>
            {
                Prepared p = Prepared.Of(RandomNetworkTests.Network(new Random(seed), depth), Samples.Normal(2, seed));
                CrossLayerEqualization.Apply(p.Graph, p.Facts);
                p.AssertSameFunction(Samples.Normal(2, seed + 1));
            },
            iter: 60, threads: 1);

    [Fact]
    public void A_chain_of_layers_with_all_that_may_stand_between_them_is_equalized_and_computes_the_same()
    {
        int sets = 0;
        double before = 0, after = 0;
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[2, 6]).Sample(
            (seed, depth) =>
            {
                Prepared p = Prepared.Of(Chain(new Random(seed), depth), Samples.Normal(2, seed));
                IReadOnlyList<EqualizedSet> done = CrossLayerEqualization.Apply(p.Graph, p.Facts);
                Assert.NotEmpty(done);
                before += done.Sum(d => Math.Log(d.SpreadBefore));
                after += done.Sum(d => Math.Log(d.SpreadAfter));
                sets += done.Count;
                p.AssertSameFunction(Samples.Normal(2, seed + 1));
            },
            iter: 80, threads: 1);
        Assert.True(sets > 160, $"{sets} sets");
        // Residual sums tie channels whose ranges cannot all be met.
        Assert.True(after < before * 0.7, $"ln of the spreads {before} before, {after} after");
    }

    [Fact]
    public void The_ranges_of_a_pair_become_the_geometric_mean()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 2)
            .Initializer("w1", [8f, 0.5f, -2, 0.25f], 2, 2).Initializer("b1", [1f, 1], 2).Initializer("w2", [0.5f, 0.1f, 0.25f, 8], 2, 2)
            .Node("Gemm", ["x", "w1", "b1"], ["h"]).Node("Relu", ["h"], ["r"]).Node("Gemm", ["r", "w2"], ["y"]).Output("y");
        Prepared p = Prepared.Of(b.Build(), Samples.Normal(1));
        EqualizedSet set = Assert.Single(CrossLayerEqualization.Apply(p.Graph, p.Facts));
        // Column ranges of w1: 8 and 0.5; row ranges of w2: 0.5 and 8. Both become 2.
        float[] w1 = Weights(p, 0), w2 = Weights(p, 1);
        Assert.Equal([2f, 2, -0.5f, 1], w1, (a, e) => Math.Abs(a - e) < 1e-5);
        Assert.Equal([2f, 0.4f, 0.0625f, 2], w2, (a, e) => Math.Abs(a - e) < 1e-5);
        Assert.Equal(16, set.SpreadBefore, 3);
        Assert.Equal(1, set.SpreadAfter, 3);
        p.AssertSameFunction(Samples.Normal(4, 2));
    }

    [Fact]
    public void A_depthwise_layer_is_equalized_with_both_neighbours()
    {
        Prepared p = Prepared.Of(Separable(clip: false), Samples.Normal(1));
        Assert.Equal(2, CrossLayerEqualization.Apply(p.Graph, p.Facts).Count);
        float[] first = Largest(Weights(p, 0), 8), depthwise = Largest(Weights(p, 1), 8);
        // In a converged triple all three ranges of a channel are equal (Nagel et al. 2019, appendix A).
        for (int c = 0; c < 8; c++) Assert.Equal(1, first[c] / depthwise[c], 2);
        p.AssertSameFunction(Samples.Normal(4, 2));
    }

    /// <summary>Per-tensor scales are lost on channels of very different ranges; equalization is what gives them back.</summary>
    [Fact]
    public void Separable_layers_of_uneven_channels_quantize_better_with_one_scale_a_tensor()
    {
        Prepared p = Prepared.Of(Separable(clip: false), Samples.Normal(1));
        double before = Quantized(p.Original, p.Original);
        CrossLayerEqualization.Apply(p.Graph, p.Facts);
        double after = Quantized(p.Original, p.Graph.Model);
        Assert.True(after > before + 10, $"{before:F1} dB before, {after:F1} dB after");
    }

    [Fact]
    public void Values_behind_a_clip_are_scaled_only_as_far_as_the_bound_permits()
    {
        Prepared p = Prepared.Of(Separable(clip: true), Samples.Normal(1));
        Assert.Empty(CrossLayerEqualization.Apply(p.Graph, p.Facts));
        IReadOnlyDictionary<string, int> clipped = CrossLayerEqualization.ClippedValues(p.Graph, p.Facts);
        Assert.Equal(2, clipped.Count);
        ICalibrationSource samples = Samples.Normal(6);
        Dictionary<string, ChannelStatistics> statistics = ChannelStatistics.Gather(
            p.Graph.Model, clipped, new SampleReader(samples, null), Oracle.Factory, _ => { }, TestContext.Current.CancellationToken);
        double before = Quantized(p.Original, p.Graph.Model);
        IReadOnlyList<EqualizedSet> done = CrossLayerEqualization.Apply(p.Graph, p.Facts, statistics);
        Assert.NotEmpty(done);
        Assert.Contains(done, s => s.Scaled < s.Channels);
        p.AssertSameFunction(samples);
        double after = Quantized(p.Original, p.Graph.Model);
        Assert.True(after > before + 3, $"{before:F1} dB before, {after:F1} dB after");
    }

    [Fact]
    public void What_others_read_and_what_the_graph_returns_is_left_alone()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4);
        for (int i = 0; i < 3; i++) b.Initializer($"w{i}", Uneven(new Random(i), 16, 4), 4, 4);
        b.Node("Gemm", ["x", "w0"], ["a"]).Node("Gemm", ["a", "w1"], ["b"]).Node("Sigmoid", ["a"], ["s"]).Node("Gemm", ["b", "w2"], ["c"]).Output("b").Output("c").Output("s");
        Prepared p = Prepared.Of(b.Build(), Samples.Normal(1));
        Assert.Empty(CrossLayerEqualization.Apply(p.Graph, p.Facts));
    }

    private static double Quantized(ModelProto original, ModelProto model)
    {
        QuantizationResult result = Quantizer.Quantize(Prepared.Copy(model), Samples.Normal(16), new() { Sessions = Oracle.Factory, PerChannel = false, MeasuredSamples = 0 });
        return Prepared.Sqnr(original, result.Model, Samples.Normal(8, 5));
    }

    private static float[] Weights(Prepared p, int layer) =>
        p.Graph.Constant(p.Graph.Nodes.Where(n => n.OpType is "Gemm" or "Conv").ElementAt(layer).Inputs[1])!.Floats();

    private static float[] Largest(float[] weights, int channels) => [.. weights.Chunk(weights.Length / channels).Select(c => c.Max(Math.Abs))];

    /// <summary>1×1, depthwise 3×3, 1×1; the ranges of the channels in the middle differ by a factor of a hundred.</summary>
    private static ModelProto Separable(bool clip)
    {
        var random = new Random(3);
        OnnxGraphBuilder b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 3, 8, 8)
            .Initializer("w0", Uneven(random, 24, 3), 8, 3, 1, 1).Initializer("b0", Uneven(random, 8, 1), 8)
            .Initializer("w1", Uneven(random, 72, 9), 8, 1, 3, 3).Initializer("b1", Uneven(random, 8, 1), 8)
            .Initializer("w2", Uneven(random, 32, 32), 4, 8, 1, 1).Initializer("lo", [0f]).Initializer("hi", [6f])
            .Node("Conv", ["x", "w0", "b0"], ["c0"]);
        b.Node(clip ? "Clip" : "Relu", clip ? ["c0", "lo", "hi"] : ["c0"], ["a0"])
            .Node("Conv", ["a0", "w1", "b1"], ["c1"], AttributeProto.Of("group", 8L), AttributeProto.Of("pads", 1L, 1, 1, 1));
        b.Node(clip ? "Clip" : "Relu", clip ? ["c1", "lo", "hi"] : ["c1"], ["a1"]).Node("Conv", ["a1", "w2"], ["y"]).Output("y");
        return b.Build();
    }

    /// <summary>Normal weights; each run of <paramref name="run"/> has a range of its own between 0.1 and 10.</summary>
    private static float[] Uneven(Random random, int count, int run)
    {
        float[] values = Samples.NormalTensor(new Shape(count), random.Next()).AsSpan<float>().ToArray();
        double factor = 1;
        for (int i = 0; i < count; i++)
        {
            if (i % run == 0) factor = Math.Pow(10, (2 * random.NextDouble()) - 1);
            values[i] *= (float)(run == count ? 1 : factor);
        }
        return values;
    }

    /// <summary>Convolutions of every kind, then a dense layer, with nodes between them that pass channels on.</summary>
    private static ModelProto Chain(Random random, int depth)
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(14).Input("x", DataType.Float32, 1, 4, 8, 8);
        string value = "x";
        int channels = 4;
        for (int i = 0; i < depth; i++)
        {
            (string next, int outputs) = Layer(b, random, value, channels, $"l{i}");
            (value, channels) = (Passing(b, random, Between[random.Next(Between.Length)], next, outputs, $"n{i}"), outputs);
        }
        b.Node("GlobalAveragePool", [value], ["g"]);
        if (random.Next(2) == 0) b.Node("Flatten", ["g"], ["f"]);
        else b.Initializer("shape", new long[] { 0, -1 }, 2).Node("Reshape", ["g", "shape"], ["f"]);
        bool transposed = random.Next(2) == 0;
        b.Initializer("wd", Uneven(random, 3 * channels, 3), transposed ? [3, channels] : [channels, 3]);
        b.Node("Gemm", ["f", "wd"], ["d"], AttributeProto.Of("transB", transposed ? 1L : 0)).Node("Relu", ["d"], ["r"]).Initializer("wm", Uneven(random, 6, 2), 3, 2);
        return b.Node("MatMul", ["r", "wm"], ["y"]).Output("y").Build();
    }

    private static (string Value, int Channels) Layer(OnnxGraphBuilder b, Random random, string x, int channels, string y)
    {
        int kind = random.Next(4), outputs = kind == 1 ? channels : 4 * random.Next(1, 3), group = kind == 1 ? channels : kind == 2 ? 2 : 1;
        bool transposed = kind == 3 || (kind == 2 && random.Next(2) == 0);
        long[] dims = transposed ? [channels, outputs / group, 3, 3] : [outputs, channels / group, 3, 3];
        b.Initializer(y + "w", Array.ConvertAll(Uneven(random, (int)dims.Aggregate(1L, (n, d) => n * d), 9), v => v * 0.3f), dims).Initializer(y + "b", Uneven(random, outputs, 1), outputs)
            .Node(transposed ? "ConvTranspose" : "Conv", [x, y + "w", y + "b"], [y], AttributeProto.Of("group", (long)group), AttributeProto.Of("pads", 1L, 1, 1, 1));
        return (y, outputs);
    }

    private static string Passing(OnnxGraphBuilder b, Random random, string kind, string x, int channels, string y)
    {
        switch (kind)
        {
            case "None": return x;
            case "PRelu": b.Initializer(y + "s", Uneven(random, channels, 1), channels, 1, 1).Node("PRelu", [x, y + "s"], [y]); break;
            case "PReluOne": b.Initializer(y + "s", [0.2f], 1, 1, 1).Node("PRelu", [x, y + "s"], [y]); break;
            case "MaxPool" or "AveragePool": b.Node(kind, [x], [y], AttributeProto.Of("kernel_shape", 3L, 3), AttributeProto.Of("pads", 1L, 1, 1, 1)); break;
            case "Pad": b.Initializer(y + "p", new long[] { 0, 0, 1, 0, 0, 0, 0, 1 }, 8).Node("Relu", [x], [y + "r"]).Node("Pad", [y + "r", y + "p"], [y]); break;
            case "Add": b.Node("Relu", [x], [y + "r"]).Initializer(y + "c", Uneven(random, channels, 1), channels, 1, 1).Node("Add", [y + "r", y + "c"], [y]); break;
            case "Resize": b.Initializer(y + "s", [1f, 1, 2, 2], 4).Node("Resize", [x, "", y + "s"], [y], AttributeProto.Of("mode", "linear")); break;
            case "Residual":
                b.Initializer(y + "w", Array.ConvertAll(Uneven(random, channels * channels, channels), v => v * 0.3f), channels, channels, 1, 1)
                    .Node("Relu", [x], [y + "r"]).Node("Conv", [y + "r", y + "w"], [y + "k"]).Node("Add", [y + "k", x], [y]);
                break;
            default: b.Node(kind, [x], [y]); break;
        }
        return y;
    }
}
