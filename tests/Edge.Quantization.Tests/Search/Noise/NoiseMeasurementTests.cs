using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Report;
using Edge.Quantization.Search.Noise;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Search.Noise;

/// <summary>Where the error of a quantized model comes from.</summary>
public class NoiseMeasurementTests
{
    private static readonly SampleReader Calibration = new(Samples.Normal(8), null);

    [Fact]
    public void The_parts_add_up_to_the_error_of_the_whole()
    {
        Candidate candidate = new CandidateBuilder(ModelBytes.Of(Chain(1)), Calibration, null, default).Build(new());
        NoiseProfile noise = new NoiseMeasurement(Calibration, candidate.Options, default).Of(candidate, (_, _) => { });
        Assert.Equal(["x", "one_out", "two_out", "y"], noise.Activations.Keys);
        Assert.Equal(["Conv_0", "Conv_1", "Conv_2"], noise.Weights.Keys);
        double parts = noise.Activations.Values.Sum() + noise.Weights.Values.Sum(), whole = Error(candidate);
        Assert.True(whole > 1e-6);
        Assert.InRange(parts, 0.6 * whole, 1.6 * whole);
    }

    [Fact]
    public void The_activation_that_spends_its_codes_on_outliers_stands_out()
    {
        // A channel of "two" that nothing reads is two hundred times the others.
        Candidate candidate = new CandidateBuilder(ModelBytes.Of(Chain(200)), Calibration, null, default).Build(new());
        NoiseProfile noise = new NoiseMeasurement(Calibration, candidate.Options, default).Of(candidate, (_, _) => { });
        Assert.Equal("two_out", noise.Activations.MaxBy(e => e.Value).Key);
        Assert.True(noise.Activations["two_out"] > 0.9 * (noise.Activations.Values.Sum() + noise.Weights.Values.Sum()));
    }

    [Fact]
    public void What_was_measured_with_a_range_is_not_measured_again()
    {
        int sessions = 0;
        QuantizationOptions plain = new(), counting = plain with { Sessions = (m, n) => { sessions++; return plain.Sessions(m, n); } };
        Candidate candidate = new CandidateBuilder(ModelBytes.Of(Chain(1)), Calibration, null, default).Build(counting);
        var measurement = new NoiseMeasurement(Calibration, counting, default);
        IReadOnlyList<string> sources = NoiseMeasurement.Sources(candidate.Plan);
        int told = 0;
        Dictionary<string, double> first = measurement.OfActivations(candidate.Source, sources, candidate.Ranges.Range, _ => told++);
        int before = sessions;
        Assert.Equal(first, measurement.OfActivations(candidate.Source, sources, candidate.Ranges.Range, _ => { }));
        Assert.Equal(before, sessions);
        Assert.Equal(sources.Count + 1, told);
    }

    private static double Error(Candidate candidate)
    {
        using IInferenceSession real = candidate.Options.Sessions(candidate.Source.NewModel(), "float"), quantized = candidate.Options.Sessions(candidate.Model, "int8");
        var error = new SignalToNoise();
        foreach (IReadOnlyList<Tensor> sample in Calibration.Read(real.Inputs)) error.Add(real.Run([.. sample])[0].AsSpan<float>(), quantized.Run([.. sample])[0].AsSpan<float>());
        return error.Relative;
    }

    private static ModelProto Chain(float outlier)
    {
        var b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4, 8, 8);
        string[] names = ["one", "two", "three"];
        string at = "x";
        for (int i = 0; i < names.Length; i++)
        {
            float[] w = Samples.NormalTensor(new Shape(4 * 4 * 9), i + 3, 0, 0.15).AsSpan<float>().ToArray();
            if (names[i] == "two") foreach (ref float v in w.AsSpan(0, 36)) v *= outlier;
            if (names[i] == "three" && outlier != 1)
                for (int o = 0; o < 4; o++) w.AsSpan(o * 36, 9).Clear();
            string to = i == 2 ? "y" : names[i] + "_out";
            b = b.Initializer(names[i] + "_w", w, 4, 4, 3, 3).Node("Conv", [at, names[i] + "_w"], [to], AttributeProto.Of("pads", 1L, 1, 1, 1));
            at = to;
        }
        return b.Output("y").Build();
    }
}
