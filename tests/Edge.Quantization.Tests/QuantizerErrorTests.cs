using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests;

public class QuantizerErrorTests
{
    private static readonly QuantizationOptions OnOracle = new() { Sessions = Oracle.Factory };

    private static string Message(OnnxGraphBuilder model, ICalibrationSource samples, QuantizationOptions? options = null) =>
        Assert.Throws<ModelException>(() => Quantizer.Quantize(model.Build(), samples, options ?? OnOracle)).Message;

    private static void Says(string expected, string message) => Assert.Contains(expected, message, StringComparison.Ordinal);

    [Fact]
    public void No_samples() => Says("nothing here: there are no calibration samples", Message(QuantizerTests.SmallClassifier(), new DelegateCalibrationSource("nothing here", 0, _ => [])));

    [Fact]
    public void A_sample_that_is_not_finite_names_tensor_and_sample() =>
        Says("tensor 'x' holds NaN in calibration sample 1", Message(QuantizerTests.SmallClassifier(), new DelegateCalibrationSource("bad", 2, inputs => [[Tensor.Create<float>(inputs[0].ShapeWith(1))], [Full(inputs[0].ShapeWith(1), float.NaN)]])));

    [Fact]
    public void An_activation_that_overflows_is_named() =>
        Says("tensor 'r' holds", Message(QuantizerTests.SmallClassifier(), new DelegateCalibrationSource("huge", 1, inputs => [[Full(inputs[0].ShapeWith(1), 3e38f)]])));

    [Fact]
    public void A_sample_with_too_few_tensors() =>
        Says("sample 0 has 0 tensors for the model's 1 inputs", Message(QuantizerTests.SmallClassifier(), new DelegateCalibrationSource("few", 1, _ => [[]])));

    [Fact]
    public void A_model_that_is_quantized_already()
    {
        QuantizationResult once = Quantizer.Quantize(QuantizerTests.SmallClassifier().Build(), Samples.Normal(1), OnOracle);
        Says("the model is quantized already", Assert.Throws<ModelException>(() => Quantizer.Quantize(once.Model, Samples.Normal(1), OnOracle)).Message);
    }

    [Fact]
    public void A_model_without_products() =>
        Says("the model has no Conv, Gemm or MatMul", Message(new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4).Node("Relu", ["x"], ["y"]).Output("y"), Samples.Normal(1)));

    [Fact]
    public void Options_that_leave_nothing() =>
        Says("operator Conv is kept in float by option", Message(QuantizerTests.SmallClassifier(), Samples.Normal(1), new() { Sessions = Oracle.Factory, FloatOperators = ["Conv", "Gemm"] }));

    [Fact]
    public void Weights_that_are_not_finite_are_named() =>
        Says("Conv 'Conv_0': 'w' holds NaN", Message(
            new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 1, 2, 2).Initializer("w", [float.NaN, 1], 2, 1, 1, 1).Node("Conv", ["x", "w"], ["c"]).Node("IsNaN", ["c"], ["y"]).Output("y"),
            Samples.Normal(1), OnOracle));

    [Fact]
    public void A_file_that_is_not_there() =>
        Says("/no/such.onnx", Assert.Throws<ModelException>(() => Quantizer.QuantizeFile("/no/such.onnx", Samples.Normal(1))).Message);

    [Fact]
    public void Options_out_of_range()
    {
        Assert.Throws<ArgumentException>(() => Quantizer.Quantize(QuantizerTests.SmallClassifier().Build(), Samples.Normal(1), new() { MaxSamples = 0 }));
        Assert.Throws<ArgumentException>(() => Quantizer.Quantize(QuantizerTests.SmallClassifier().Build(), Samples.Normal(1), new() { MeasuredSamples = -1 }));
    }

    [Fact]
    public void Cancelling_ends_the_work()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new Steps(p => { if (p is { Stage: QuantizationStage.Calibrate, Done: 2 }) cancellation.Cancel(); });
        Assert.Throws<OperationCanceledException>(() => Quantizer.Quantize(QuantizerTests.SmallClassifier().Build(), Samples.Normal(100), OnOracle, progress, cancellation.Token));
    }

    [Fact]
    public void Progress_counts_samples_in_each_stage()
    {
        List<QuantizationProgress> seen = [];
        QuantizationOptions options = new() { Sessions = Oracle.Factory, MaxSamples = 3, MeasuredSamples = 2 };
        QuantizationResult r = Quantizer.Quantize(QuantizerTests.SmallClassifier().Build(), Samples.Normal(100), options, new Steps(seen.Add));
        Assert.Equal([new(QuantizationStage.Calibrate, 1, 3), new(QuantizationStage.Calibrate, 2, 3), new(QuantizationStage.Calibrate, 3, 3)], seen.Where(p => p.Stage == QuantizationStage.Calibrate));
        Assert.Equal([new(QuantizationStage.Measure, 1, 2), new(QuantizationStage.Measure, 2, 2)], seen.Where(p => p.Stage == QuantizationStage.Measure));
        Assert.Equal(3, r.Report.CalibrationSamples);
        Assert.Equal(2, r.Report.MeasuredSamples);
    }

    private static Tensor Full(Shape shape, float value)
    {
        Tensor t = Tensor.Create<float>(shape);
        t.AsSpan<float>().Fill(value);
        return t;
    }

    private sealed class Steps(Action<QuantizationProgress> report) : IProgress<QuantizationProgress>
    {
        public void Report(QuantizationProgress value) => report(value);
    }
}
