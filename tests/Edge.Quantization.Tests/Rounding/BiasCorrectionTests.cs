using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Rounding;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Rounding;

/// <summary>Corrected layers have the float layers' mean result.</summary>
public class BiasCorrectionTests
{
    private static readonly SampleReader Calibration = new(Samples.Normal(12, 3, 0.5), null);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Every_layers_mean_becomes_that_of_the_float_model(bool bias, bool perChannel)
    {
        for (int seed = 0; seed < 4; seed++)
        {
            Candidate candidate = Coarse(seed, bias, perChannel);
            Dictionary<string, double[]> before = Candidates.Shifts(candidate, Calibration);
            BiasCorrection.Empirical(candidate, Calibration, (_, _) => { }, CancellationToken.None);
            Dictionary<string, double[]> after = Candidates.Shifts(candidate, Calibration);
            Assert.Equal(before.Keys, after.Keys);
            foreach ((string layer, double[] shifts) in after)
            {
                Assert.InRange(before[layer].Max(Math.Abs), 1e-3, 10);
                // What is left is the step of the int32 bias and the rounding of float32 sums.
                Assert.InRange(shifts.Max(Math.Abs), 0, 2e-4);
            }
        }
    }

    [Fact]
    public void The_analytic_form_takes_back_what_the_weights_do_to_the_mean()
    {
        double before = 0, after = 0;
        for (int seed = 0; seed < 6; seed++)
        {
            Candidate candidate = Coarse(seed, bias: true, perChannel: false);
            before += Candidates.Shifts(candidate, Calibration).Values.Sum(s => s.Sum(Math.Abs));
            BiasCorrection.Analytic(candidate, Calibration, (_, _) => { }, CancellationToken.None);
            after += Candidates.Shifts(candidate, Calibration).Values.Sum(s => s.Sum(Math.Abs));
        }
        Assert.True(after < 0.6 * before, $"{before} before, {after} after");
    }

    /// <summary>Inputs of a large mean, on which the error of coarse weights is mostly a shift.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Outputs_come_nearer_to_the_float_model(bool empirical)
    {
        double before = 0, after = 0;
        for (int seed = 0; seed < 6; seed++)
        {
            Candidate candidate = Coarse(seed, bias: true, perChannel: false);
            before += Candidates.Sqnr(candidate, Samples.Normal(12, 9, 0.5));
            Correct(candidate, empirical);
            after += Candidates.Sqnr(candidate, Samples.Normal(12, 9, 0.5));
        }
        Assert.True(after > before + (6 * 3), $"mean SQNR {before / 6:F1} dB before, {after / 6:F1} dB after");
    }

    [Theory]
    [InlineData(BiasMethod.Analytic)]
    [InlineData(BiasMethod.Empirical)]
    public void The_method_that_is_asked_for_is_applied(BiasMethod method)
    {
        ModelProto model = Candidates.Network(3);
        Candidate asked = Candidates.Of(model, Calibration, new() { CorrectBias = method }), by = Candidates.Of(model, Calibration), plain = Candidates.Of(model, Calibration);
        Correct(by, method == BiasMethod.Empirical);
        Assert.Equal(Biases(by), Biases(asked));
        Assert.NotEqual(Biases(plain), Biases(asked));

        static float[] Biases(Candidate c) => [.. QuantizedLayer.Of(c).SelectMany(l => l.Bias())];
    }

    [Fact]
    public void A_float_bias_stays_float_and_a_shared_one_stays_what_it_was()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(14).Input("x", DataType.Float32, 1, 6).Initializer("shared", [0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f], 6);
        var random = new Random(4);
        for (int i = 0; i < 2; i++) b.Initializer($"w{i}", Candidates.Normal(random, 36, 0.4), 6, 6);
        b.Node("Gemm", ["x", "w0", "shared"], ["a"]).Node("Relu", ["a"], ["r"]).Node("Gemm", ["r", "w1", "shared"], ["c"]).Node("Add", ["x", "shared"], ["d"]).Output("c").Output("d");
        Candidate candidate = Candidates.Of(b.Build(), Calibration, new() { QuantizeBias = false, PerChannel = false });
        double before = Candidates.Shifts(candidate, Calibration).Values.Sum(s => s.Sum(Math.Abs));
        BiasCorrection.Empirical(candidate, Calibration, (_, _) => { }, CancellationToken.None);
        Assert.InRange(Candidates.Shifts(candidate, Calibration).Values.Sum(s => s.Sum(Math.Abs)), 0, 0.02 * before);
        Tensor x = Samples.NormalTensor(new Shape(1, 6), 7);
        using IInferenceSession real = Oracle.Session(candidate.Source.NewModel()), quantized = Oracle.Session(candidate.Model);
        Assert.Equal(real.Run(x)[1].AsSpan<float>(), quantized.Run(x)[1].AsSpan<float>());
        Assert.DoesNotContain(candidate.Model.Graph.Initializers, t => t.DataType == (int)ElementType.Int32);
    }

    [Fact]
    public void A_matrix_product_without_a_place_for_a_bias_is_passed_over()
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(14).Input("x", DataType.Float32, 1, 5, 6).Initializer("w", Candidates.Normal(new Random(1), 24, 0.4), 6, 4).Node("MatMul", ["x", "w"], ["y"]).Output("y");
        Candidate candidate = Candidates.Of(b.Build(), Calibration);
        byte[] before = ModelBytes.Of(candidate.Model);
        Correct(candidate, empirical: true);
        Correct(candidate, empirical: false);
        Assert.Equal(before, ModelBytes.Of(candidate.Model));
    }

    [Fact]
    public void Cancellation_ends_it()
    {
        using var source = new CancellationTokenSource();
        Candidate candidate = Coarse(1, bias: true, perChannel: true);
        Assert.Throws<OperationCanceledException>(() => BiasCorrection.Empirical(candidate, Calibration, (_, _) => source.Cancel(), source.Token));
    }

    private static void Correct(Candidate candidate, bool empirical)
    {
        if (empirical) BiasCorrection.Empirical(candidate, Calibration, (_, _) => { }, CancellationToken.None);
        else BiasCorrection.Analytic(candidate, Calibration, (_, _) => { }, CancellationToken.None);
    }

    /// <summary>A candidate whose weights are coarse: their last two bits are gone.</summary>
    private static Candidate Coarse(int seed, bool bias, bool perChannel)
    {
        Candidate candidate = Candidates.Of(Candidates.Network(seed, bias), Calibration, new() { PerChannel = perChannel });
        foreach (QuantizedLayer layer in QuantizedLayer.Of(candidate))
            layer.SetCodes(Array.ConvertAll(layer.Codes(), q => (sbyte)Math.Clamp(8 * (int)Math.Round(q / 8.0), -120, 120)));
        return candidate;
    }
}
