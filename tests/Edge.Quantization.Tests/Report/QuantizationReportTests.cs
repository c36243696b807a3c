using System.Security.Cryptography;
using Edge.Onnx;
using Edge.Quantization.Report;
using Xunit;

namespace Edge.Quantization.Tests.Report;

public class QuantizationReportTests
{
    private static readonly QuantizationOptions OnOracle = new() { Sessions = Oracle.Factory };

    private static QuantizationReport Make(QuantizationOptions? options = null) =>
        Quantizer.Quantize(QuantizerTests.SmallClassifier().Build(), Samples.Normal(8), options ?? OnOracle).Report;

    [Fact]
    public void Json_and_back_is_the_same()
    {
        QuantizationReport report = Make();
        Assert.Equal(report.ToJson(), QuantizationReport.FromJson(report.ToJson()).ToJson());
        Assert.Contains("\"sourceSha256\"", report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_identifies_source_tool_and_samples()
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(QuantizerTests.SmallClassifier().Build(), stream);
        QuantizationReport report = Make();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(stream.ToArray())), report.SourceSha256);
        Assert.Equal(stream.Length, report.SourceBytes);
        Assert.Equal(Quantizer.Version, report.ToolVersion);
        Assert.Equal("8 samples of N(0, 1)", report.Calibration);
        Assert.Equal("onnxruntime/cpu", report.Provider);
    }

    [Fact]
    public void Every_layer_has_a_range_a_scale_and_a_measured_ratio()
    {
        foreach (LayerReport layer in Make().Layers)
        {
            Assert.InRange(layer.SqnrDb!.Value, 20, 200);
            Assert.All(layer.Inputs.Concat(layer.Outputs), a =>
            {
                Assert.True(a.Min <= 0 && a.Max >= 0 && a.Min < a.Max);
                Assert.Equal((a.Max - a.Min) / 255, a.Scale, 6);
                Assert.InRange(a.ZeroPoint, 0, 255);
            });
        }
    }

    [Fact]
    public void Weight_ratios_are_those_of_8_bits()
    {
        LayerReport conv = Make().Layers[0];
        Assert.InRange(conv.Weights!.SqnrDb, 38, 55);
        Assert.True(conv.Weights.Min < 0 && conv.Weights.Max > 0 && conv.Weights.MinScale <= conv.Weights.MaxScale);
    }

    [Fact]
    public void Without_measured_samples_there_are_no_ratios()
    {
        QuantizationReport report = Make(new() { Sessions = Oracle.Factory, MeasuredSamples = 0 });
        Assert.Empty(report.Outputs);
        Assert.All(report.Layers, l => Assert.Null(l.SqnrDb));
        Assert.Equal(0, report.MeasuredSamples);
    }

    [Fact]
    public void The_readable_report_lists_the_worst_layer_first()
    {
        QuantizationReport report = Make(new() { Sessions = Oracle.Factory, FloatOperators = ["Flatten"] });
        string text = report.ToMarkdown();
        string[] rows = [.. text.Split('\n').Where(l => l.StartsWith("| ", StringComparison.Ordinal))];
        LayerReport worst = report.Layers.OrderBy(l => l.SqnrDb).First();
        Assert.StartsWith($"| {worst.Name} |", rows.First(r => report.Layers.Any(l => r.StartsWith($"| {l.Name} |", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.Contains("kept in float by option", text, StringComparison.Ordinal);
        Assert.Contains(report.SourceSha256, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Signal_to_noise_follows_its_definition()
    {
        var error = new SignalToNoise();
        error.Add([3, 4], [3, 4]);
        Assert.Equal(double.PositiveInfinity, error.SqnrDb);
        error.Add([0, 10], [0.5f, 9]);
        Assert.Equal(10 * Math.Log10(125 / 1.25), error.SqnrDb, 12);
        Assert.Equal(1, error.MaxError);
        Assert.Equal(1.5 / 4, error.MeanError);
        Assert.Equal(4, error.Count);
    }
}
