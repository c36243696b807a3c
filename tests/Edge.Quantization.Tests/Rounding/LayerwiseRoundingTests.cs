using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Rounding;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Rounding;

/// <summary>Rounding by the layer's result is better than to the nearest integers where integers are coarse, and never worse.</summary>
public class LayerwiseRoundingTests
{
    private static readonly SampleReader Calibration = new(Samples.Normal(24, 3, 0.3), null);

    public static TheoryData<string> Methods => ["feedback", "compensated", "learned", "best"];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Layers_with_correlated_inputs_come_nearer_to_the_float_model(string method)
    {
        double nearest = 0, corrected = 0, rounded = 0;
        for (int seed = 0; seed < 4; seed++)
        {
            Candidate before = Correlated(seed), bias = Correlated(seed), after = Correlated(seed);
            BiasCorrection.Empirical(bias, Calibration, (_, _) => { }, CancellationToken.None);
            IReadOnlyList<RoundedLayer> layers = Run(after, method);
            Assert.All(layers, l => Assert.True(l.After <= l.Before));
            Assert.Contains(layers, l => l.Moved > 0);
            ICalibrationSource unseen = Samples.Normal(16, 77, 0.3);
            nearest += Candidates.Sqnr(before, unseen) / 4;
            corrected += Candidates.Sqnr(bias, unseen) / 4;
            rounded += Candidates.Sqnr(after, unseen) / 4;
        }
        Assert.True(rounded > corrected + 1.5 && rounded > nearest + 2.5, $"{nearest:F1} dB nearest, {corrected:F1} dB with corrected biases, {rounded:F1} dB rounded by {method}");
    }

    /// <summary>Strides, padding, dilation, groups, depthwise layers, Gemm: the layer's own error falls on samples that the method did not see.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_kind_of_layer_is_rounded(string method)
    {
        var moved = new HashSet<string>();
        for (int seed = 0; seed < 5; seed++)
        {
            Candidate candidate = Candidates.Of(Candidates.Network(seed), Calibration, new() { PerChannel = seed % 2 == 0 });
            IReadOnlyList<RoundedLayer> layers = Run(candidate, method);
            Assert.Equal(4, layers.Count);
            moved.UnionWith(layers.Where(l => l.Moved > 0 && l.After < l.Before).Select(l => l.Layer));
            Assert.InRange(Candidates.Sqnr(candidate, Samples.Normal(8, 77, 0.3)), 25, double.PositiveInfinity);
        }
        Assert.Superset(new HashSet<string> { "Conv_2", "Conv_4" }, moved);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_same_integers_come_out_of_every_run(string method)
    {
        byte[][] models = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            Candidate candidate = Correlated(1);
            Run(candidate, method);
            return ModelBytes.Of(candidate.Model);
        })];
        Assert.Equal(models[0], models[1]);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_product_without_a_place_for_a_bias_is_rounded_too(string method)
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(14).Input("x", DataType.Float32, 1, 10, 3).Initializer("m", Candidates.Normal(new Random(2), 48, 1), 3, 16)
            .Initializer("w", Candidates.Normal(new Random(1), 128, 0.4), 16, 8).Node("MatMul", ["x", "m"], ["h"]).Node("MatMul", ["h", "w"], ["y"]).Output("y");
        Candidate candidate = Candidates.Of(b.Build(), Calibration, new() { PerChannel = false });
        double before = Candidates.Sqnr(candidate, Samples.Normal(16, 77, 0.3));
        RoundedLayer last = Run(candidate, method)[1];
        Assert.True(last.Moved > 0 && last.After < last.Before);
        Assert.InRange(Candidates.Sqnr(candidate, Samples.Normal(16, 77, 0.3)), before + 0.1, double.PositiveInfinity);
        Assert.DoesNotContain(candidate.Model.Graph.Nodes, n => n.OpType == "MatMul" && n.Inputs.Count > 2);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Few_samples_do_not_lead_astray(string method)
    {
        Candidate plain = Candidates.Of(Candidates.Network(3), Calibration), rounded = Candidates.Of(Candidates.Network(3), Calibration);
        Run(rounded, method, new SampleReader(Samples.Normal(1, 3, 0.3), null));
        ICalibrationSource unseen = Samples.Normal(16, 77, 0.3);
        Assert.InRange(Candidates.Sqnr(rounded, unseen), Candidates.Sqnr(plain, unseen) - 3, double.PositiveInfinity);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Progress_is_told_layer_by_layer_and_cancellation_ends_it(string method)
    {
        var told = new List<(int, int)>();
        Candidate candidate = Candidates.Of(Candidates.Network(1), Calibration);
        LayerwiseRounding.Run(candidate, Of(method), Calibration, (done, all) => told.Add((done, all)), CancellationToken.None);
        Assert.Equal([(1, 4), (2, 4), (3, 4), (4, 4)], told);
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => LayerwiseRounding.Run(candidate, Of(method), Calibration, (_, _) => source.Cancel(), source.Token));
    }

    private static IReadOnlyList<RoundedLayer> Run(Candidate candidate, string method, SampleReader? samples = null) =>
        LayerwiseRounding.Run(candidate, Of(method), samples ?? Calibration, (_, _) => { }, CancellationToken.None);

    private static IRoundingMethod Of(string method) => method switch
    {
        "learned" => new LearnedRounding(new LearnedRoundingOptions { Steps = 300 }),
        "best" => BestRounding.Quick,
        _ => new ErrorFeedbackRounding(compensate: method == "compensated"),
    };

    /// <summary>
    /// A layer whose 24 inputs are mixtures of three, so that errors of its weights can cancel; one weight is large and makes the
    /// integers of all others coarse.
    /// </summary>
    private static Candidate Correlated(int seed)
    {
        var random = new Random(seed);
        float[] w = Candidates.Normal(random, 24 * 8, 0.1);
        w[0] = 6;
        OnnxGraphBuilder b = new OnnxGraphBuilder(14).Input("x", DataType.Float32, 1, 3, 6, 6)
            .Initializer("m", Candidates.Normal(random, 72, 1), 24, 3, 1, 1).Initializer("w", w, 8, 24, 1, 1).Initializer("b", Candidates.Normal(random, 8, 0.2), 8)
            .Node("Conv", ["x", "m"], ["h"]).Node("Conv", ["h", "w", "b"], ["c"]).Node("Relu", ["c"], ["y"]).Output("y");
        return Candidates.Of(b.Build(), Calibration, new() { PerChannel = false });
    }
}
