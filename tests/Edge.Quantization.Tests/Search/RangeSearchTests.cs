using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Report;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Search;

/// <summary>Ranges chosen by what they do to the outputs.</summary>
public class RangeSearchTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Large_values_are_cut_off_only_where_nothing_depends_on_them(bool matter)
    {
        QuantizationResult plain = Quantize(matter, new() { MeasuredSamples = 16 }), chosen = Quantize(matter, new() { MeasuredSamples = 16, ChooseRanges = true });
        ActivationReport input = chosen.Report.Layers[0].Inputs[0];
        double before = plain.Report.Outputs[0].SqnrDb, after = chosen.Report.Outputs[0].SqnrDb;
        Assert.Equal("measured", chosen.Report.Options.Ranges);
        if (matter)
        {
            Assert.Equal("min-max", input.Estimator);
            Assert.InRange(after, before - 1, before + 10);
        }
        else
        {
            Assert.NotEqual("min-max", input.Estimator);
            Assert.True(input.SaturatedPercent > 0);
            Assert.True(after > before + 6, $"{before} dB, then {after} dB");
        }
    }

    [Fact]
    public void Values_inside_the_network_are_tried_as_well_and_pooled_ones_with_their_source()
    {
        var b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 2, 8, 8)
            .Initializer("w", [1f, 0, 0, 40], 2, 2, 1, 1).Node("Conv", ["x", "w"], ["c"])
            .Node("MaxPool", ["c"], ["p"], AttributeProto.Of("kernel_shape", 2L, 2), AttributeProto.Of("strides", 2L, 2))
            .Initializer("v", [1f, 0], 1, 2, 1, 1).Node("Conv", ["p", "v"], ["y"]).Output("y");
        QuantizationResult r = Quantizer.Quantize(b.Build(), Samples.Normal(16), new() { ChooseRanges = true, MeasuredSamples = 8 });
        ActivationReport c = r.Report.Layers.Single(l => l.Operator == "Conv" && l.Inputs[0].Name == "x").Outputs[0], p = r.Report.Layers.Single(l => l.Operator == "MaxPool").Outputs[0];
        // The second channel, forty times the first, reaches no output.
        Assert.NotEqual("min-max", c.Estimator);
        Assert.Equal((c.Scale, c.ZeroPoint, c.Estimator), (p.Scale, p.ZeroPoint, p.Estimator));
    }

    private static QuantizationResult Quantize(bool matter, QuantizationOptions options)
    {
        var b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 2, 6, 6)
            .Initializer("w", [0.5f, matter ? 0.5f : 0, -0.25f, matter ? 1 : 0], 2, 2, 1, 1).Node("Conv", ["x", "w"], ["y"]).Output("y");
        return Quantizer.Quantize(b.Build(), Spiky(), options);
    }

    /// <summary>The second channel has one value of 500 a sample.</summary>
    private static DelegateCalibrationSource Spiky() => new("spiky samples", 16, inputs => Read(inputs));

    private static IEnumerable<IReadOnlyList<Tensor>> Read(IReadOnlyList<TensorInfo> inputs)
    {
        for (int i = 0; i < 16; i++)
        {
            Tensor t = Samples.NormalTensor(inputs[0].ShapeWith(1), i);
            t.AsSpan<float>()[36 + i] = i % 2 == 0 ? 500 : -500;
            yield return [t];
        }
    }
}
