using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Metrics;
using Edge.Quantization.Report;
using Edge.Quantization.Search;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Search;

/// <summary>Searches on small networks of which it is known what hurts.</summary>
public class PromiseSearchTests
{
    private static readonly QuantizationOptions Clockless = new() { MeasuredSamples = 4, ForThisMachine = false }, PerTensor = Clockless with { PerChannel = false };

    [Fact]
    public void A_promise_that_plain_quantization_keeps_ends_the_search()
    {
        QuantizationResult r = Search(Chain(outlier: false), 0.05);
        PromiseReport p = r.Report.Promise!;
        Assert.True(p.Kept);
        Assert.Empty(Reasons(r));
        Assert.Equal(0, p.FloatMacsPercent);
        SearchStepReport first = p.Steps[0];
        Assert.Equal(("min-max ranges", true, true), (first.Name, first.Taken, first.Kept));
        Assert.Equal(0, p.FloatValue);
        Assert.InRange(p.Value, 1e-9, 0.05);
        Assert.Equal(12, p.Samples);
        Assert.True(p.FloatMilliseconds > 0 && p.Milliseconds > 0);
    }

    [Fact]
    public void The_layer_that_hurts_stays_float_and_not_all_others_do()
    {
        QuantizationResult r = Search(Chain(outlier: true), 0.02, PerTensor);
        PromiseReport p = r.Report.Promise!;
        Assert.True(p.Kept, $"{p.Value}");
        string[] left = [.. r.Report.FloatLayers.Where(l => l.Operator == "Conv").Select(l => l.Name)];
        Assert.Contains("Conv_2", left);
        // Equalization has spread the outlier to its neighbours, of whom some may join it.
        Assert.InRange(left.Length, 1, 3);
        Assert.Contains("its quantization costs the most accuracy", r.Report.FloatLayers.Single(l => l.Name == "Conv_2").Reason, StringComparison.Ordinal);
        Assert.InRange(p.FloatMacsPercent, 1, 99);
        LayerCostReport cost = r.Report.FloatLayers.Single(l => l.Name == "Conv_2").Cost!;
        Assert.NotNull(cost.AloneSqnrDb);
        Assert.All(r.Report.Layers.Where(l => l.Operator == "Conv"), l => Assert.NotNull(l.Cost?.AloneSqnrDb));
        Assert.Contains(p.Steps, s => !s.Kept);
    }

    [Fact]
    public void An_activation_that_hurts_takes_the_layers_on_both_sides_of_it_to_float_and_no_other()
    {
        // Between the second and the third layer one channel is four hundred times the others, and all of them count; a SiLU keeps
        // equalization from evening them out.
        QuantizationResult r = Search(Uneven(), 0.005);
        Assert.True(r.Report.Promise!.Kept, $"{r.Report.Promise.Value}");
        Assert.Equal(["Conv_1", "Conv_4"], r.Report.FloatLayers.Where(l => l.Operator == "Conv").Select(l => l.Name));
        Assert.Equal(2, r.Report.Layers.Count(l => l.Operator == "Conv"));
        Assert.Contains(r.Report.Promise.Steps, s => s.Name == "2 of 4 layers in float" && s.Kept);
    }

    [Fact]
    public void Layers_that_lose_too_much_get_16_bit_activations_where_that_is_asked_for()
    {
        // Not so much larger that the eight bits of the weights that make up for it are too few.
        QuantizationResult r = Search(Uneven(times: 20), 0.005, Clockless with { Fallback = SearchFallback.SixteenBits });
        PromiseReport p = r.Report.Promise!;
        Assert.True(p.Kept, r.Report.ToMarkdown());
        Assert.Empty(Reasons(r));
        Assert.Equal(["Conv_1", "Conv_4", "Sigmoid_2"], r.Report.Options.Activations16!.Order(StringComparer.Ordinal));
        Assert.All(r.Report.Layers.Where(l => l.Name is "Conv_1" or "Conv_4"), l => Assert.All(l.Outputs, o => Assert.Equal(16, o.Bits)));
        Assert.Equal((0, true), (p.FloatMacsPercent, p.WideMacsPercent is > 40 and < 60));
    }

    /// <summary>All layers in float are no quantized model, but all with 16-bit activations are one.</summary>
    [Fact]
    public void Every_layer_may_get_16_bit_activations()
    {
        OnnxGraphBuilder one = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 8, 12, 12)
            .Initializer("w", Samples.NormalTensor(new Shape(8 * 8 * 9), 3, 0, 0.12).AsSpan<float>().ToArray(), 8, 8, 3, 3).Node("Conv", ["x", "w"], ["y"]).Output("y");
        PromiseReport p = Search(one, 0, Clockless with { Fallback = SearchFallback.SixteenBits }).Report.Promise!;
        Assert.Equal(100, p.WideMacsPercent);
        Assert.Contains(p.Steps, s => s.Name == "1 of 1 layers with 16-bit activations" && s.Taken);
        Assert.DoesNotContain(Search(one, 0).Report.Promise!.Steps, s => s.Name.Contains("in float", StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_that_cannot_have_16_bit_activations_is_told_before_anything_is_tried()
    {
        float[] w = Samples.NormalTensor(new Shape(8 * 8), 3, 0, 0.12).AsSpan<float>().ToArray();
        OnnxGraphBuilder model = new OnnxGraphBuilder(18).Input("x", DataType.Float32, 1, 8, 12, 12).Initializer("w", w, 8, 8, 1, 1)
            .Initializer("s", [1f, 1]).Initializer("b", [0f, 0]).Node("Conv", ["x", "w"], ["c"])
            .Node("GroupNormalization", ["c", "s", "b"], ["g"], AttributeProto.Of("num_groups", 2L)).Node("Conv", ["g", "w"], ["y"]).Output("y");
        string path = Save(model);
        try
        {
            var stages = new List<QuantizationStage>();
            string message = Assert.Throws<ModelException>(() => Quantizer.Search(
                path, Samples.Normal(4), new AccuracyPromise(new Error(), Samples.Normal(4), 0.05), Clockless with { Fallback = SearchFallback.SixteenBits }, new Steps(p => stages.Add(p.Stage)))).Message;
            Assert.Contains("GroupNormalization", message, StringComparison.Ordinal);
            Assert.DoesNotContain(QuantizationStage.Calibrate, stages);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(0.05, true)]
    [InlineData(1000, false)]
    public void The_model_that_was_found_is_judged_on_samples_that_the_search_did_not_see(double worth, bool kept)
    {
        // Errors on the unseen samples count a thousand times where they are to break the promise.
        var promise = new AccuracyPromise(new Error(), Samples.Normal(12, seed: 7), 0.05) { Unseen = new UnseenData(new Error(worth), Samples.Normal(40, seed: 99)) };
        QuantizationReport r = Run(Chain(outlier: false), promise, Clockless).Report;
        PromiseReport p = r.Promise!;
        Assert.True(p.Kept);
        Assert.Equal((kept, 40), (p.Unseen!.Kept, p.Unseen.Samples));
        Assert.InRange(p.Unseen.Drop, p.Unseen.Interval!.Low, p.Unseen.Interval.High);
        Assert.True(p.Unseen.Interval.High > p.Unseen.Interval.Low);
        // Twelve samples are too few to tell.
        Assert.Null(p.Interval);
        Assert.Contains("| not known: too few samples, or too few of some kind |", r.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_promise_that_nothing_keeps_is_told_with_the_best_that_was_found()
    {
        QuantizationResult r = Search(Chain(outlier: true), 0, PerTensor);
        PromiseReport p = r.Report.Promise!;
        Assert.False(p.Kept);
        Assert.Equal(p.Steps.Where(s => s.Taken).Min(s => s.Value), p.Value, 12);
        Assert.NotEmpty(r.Report.Layers);
    }

    [Fact]
    public void A_relative_promise_is_a_share_of_the_float_value()
    {
        var promise = new AccuracyPromise(new Rising(), Samples.Normal(1), 0.01, Relative: true);
        Assert.True(promise.Keeps(200, 198.1));
        Assert.False(promise.Keeps(200, 197.9));
        Assert.False(promise.Keeps(200, double.NaN));
        Assert.Equal(-0.05, promise.Drop(100, 105), 9);
    }

    [Fact]
    public void The_worst_samples_are_named()
    {
        var promise = new AccuracyPromise(new Error(), Samples.Normal(12, seed: 7), 0.05, SampleName: i => $"part {i}");
        QuantizationResult r = Run(Chain(outlier: false), promise, Clockless);
        IReadOnlyList<SampleReport> worst = r.Report.Promise!.Worst;
        Assert.Equal(8, worst.Count);
        Assert.All(worst, w => Assert.Equal($"part {w.Sample}", w.Name));
        Assert.Equal(worst.OrderByDescending(w => w.FloatTop != w.Top).ThenBy(w => w.SqnrDb).Select(w => w.Sample), worst.Select(w => w.Sample));
    }

    [Fact]
    public void Cancelling_ends_a_search()
    {
        using var cancellation = new CancellationTokenSource();
        string path = Save(Chain(outlier: false));
        Assert.Throws<OperationCanceledException>(() => Quantizer.Search(
            path, Samples.Normal(6), new AccuracyPromise(new Error(), Samples.Normal(12), 0.05), null,
            new Steps(p => { if (p.Stage == QuantizationStage.Evaluate) cancellation.Cancel(); }), cancellation.Token));
        File.Delete(path);
    }

    private static QuantizationResult Search(OnnxGraphBuilder model, double maxDrop, QuantizationOptions? options = null) =>
        Run(model, new AccuracyPromise(new Error(), Samples.Normal(12, seed: 7), maxDrop), options ?? Clockless);

    private static QuantizationResult Run(OnnxGraphBuilder model, AccuracyPromise promise, QuantizationOptions? options)
    {
        string path = Save(model);
        try
        {
            return Quantizer.Search(path, Samples.Normal(16), promise, options);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Save(OnnxGraphBuilder model)
    {
        string path = Path.Combine(Path.GetTempPath(), $"edge-{Guid.NewGuid():N}.onnx");
        OnnxWriter.Save(model.Build(), path);
        return path;
    }

    private static string[] Reasons(QuantizationResult r) => [.. r.Report.FloatLayers.Where(l => l.Operator == "Conv").Select(l => l.Reason)];

    /// <summary>Four convolutions; one weight of the third, that of a channel that the fourth does not look at, is a thousand times the others.</summary>
    private static OnnxGraphBuilder Chain(bool outlier)
    {
        var b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 8, 12, 12);
        string[] names = ["one", "two", "bad", "four"];
        string at = "x";
        for (int i = 0; i < names.Length; i++)
        {
            float[] w = Samples.NormalTensor(new Shape(8 * 8 * 9), i + 3, 0, 0.12).AsSpan<float>().ToArray();
            if (names[i] == "bad" && outlier) w[0] = 120;
            // What the outlier's channel carries, the last layer leaves out.
            if (names[i] == "four")
                for (int o = 0; o < 8; o++) w.AsSpan(o * 72, 9).Clear();
            string to = i == 3 ? "y" : names[i] + "_out";
            b = b.Initializer(names[i] + "_w", w, 8, 8, 3, 3).Node("Conv", [at, names[i] + "_w"], [to], AttributeProto.Of("pads", 1L, 1, 1, 1));
            at = to;
        }
        return b.Output("y");
    }

    private static OnnxGraphBuilder Uneven(float times = 400)
    {
        var b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 8, 12, 12);
        string at = "x";
        for (int i = 0; i < 4; i++)
        {
            float[] w = Samples.NormalTensor(new Shape(8 * 8 * 9), i + 3, 0, 0.12).AsSpan<float>().ToArray();
            for (int o = 0; o < 8; o++)
                for (int k = 0; k < 72; k++)
                    w[(o * 72) + k] *= i == 1 && o == 0 ? times : i == 2 && k < 9 ? 1 / times : 1;
            string to = i == 3 ? "y" : $"c{i}";
            b = b.Initializer($"w{i}", w, 8, 8, 3, 3).Node("Conv", [at, $"w{i}"], [to], AttributeProto.Of("pads", 1L, 1, 1, 1));
            at = to;
            if (i == 1) b = b.Node("Sigmoid", [at], ["s"]).Node("Mul", [at, "s"], [at = "m"]);
        }
        return b.Output("y");
    }

    private sealed class Steps(Action<QuantizationProgress> report) : IProgress<QuantizationProgress>
    {
        public void Report(QuantizationProgress value) => report(value);
    }

    /// <summary>Relative squared error of the outputs, so many times: 0 for the float model.</summary>
    private sealed class Error(double worth = 1) : IAccuracyMetric
    {
        public string Name => "relative error";

        public string Unit => "";

        public bool HigherIsBetter => false;

        public IAccuracyScore Start() => new Score(worth);

        private sealed class Score(double worth) : IAccuracyScore
        {
            private readonly OutputError _error = new();
            private readonly List<(Tensor[] Reference, Tensor[] Outputs)> _seen = [];

            public double Value => worth * _error.Relative;

            public void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs)
            {
                _seen.Add(([.. reference.Select(t => t.Clone())], [.. outputs.Select(t => t.Clone())]));
                _error.Add(reference, outputs);
            }

            public void Add(IAccuracyScore other)
            {
                foreach ((Tensor[] reference, Tensor[] outputs) in ((Score)other)._seen) Add(0, reference, outputs);
            }
        }
    }

    private sealed class Rising : IAccuracyMetric
    {
        public string Name => "rising";

        public string Unit => "";

        public bool HigherIsBetter => true;

        public IAccuracyScore Start() => throw new NotSupportedException();
    }
}
