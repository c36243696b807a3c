using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.RealModels;

/// <summary>
/// Real models on real, labelled inputs: what quantization costs in accuracy, in ONNX Runtime at its highest level and in
/// this project's runtime, and whether the two agree. The numbers are printed.
/// </summary>
public class RealModelTests(ITestOutputHelper output)
{
    public static TheoryData<string> Models => [.. LabelledModel.All.Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_classifier_loses_at_most_a_point_and_a_half(string name)
    {
        LabelledModel model = LabelledModel.All.Single(m => m.Name == name);
        string path = SharedData.Require(model.Path);
        QuantizationResult result = Quantizer.QuantizeFile(path, model.Source(model.Calibration()), model.Large ? new() { Sessions = Oracle.Factory } : new());
        using IInferenceSession real = Oracle.Session(OnnxReader.Read(File.ReadAllBytes(path), name)), oracle = Oracle.Session(result.Model), own = Own(result.Model);
        int count = 0, correctReal = 0, correctOracle = 0, compared = 0, agree = 0;
        foreach ((Tensor input, int label) in model.Samples())
        {
            int r = Best(real.Run(input)[0]), q = Best(oracle.Run(input)[0]);
            count++;
            correctReal += r == label + model.FirstClass ? 1 : 0;
            correctOracle += q == label + model.FirstClass ? 1 : 0;
            if (count % (model.Large ? 25 : 4) != 1) continue;
            compared++;
            agree += Best(own.Run(input)[0]) == q ? 1 : 0;
        }
        double fp32 = 100.0 * correctReal / count, int8 = 100.0 * correctOracle / count;
        output.WriteLine($"{name}: {count} samples, top-1 fp32 {fp32:F2}, int8 {int8:F2} in ONNX Runtime; {own.Provider} has the same label for {agree} of {compared}; "
            + $"{result.Report.SourceBytes:N0} -> {result.Report.QuantizedBytes:N0} bytes; logits SQNR {result.Report.Outputs[0].SqnrDb:F1} dB");
        output.WriteLine(result.Report.ToMarkdown());
        Assert.InRange(int8, fp32 - 1.5, 100);
        Assert.InRange(agree, Math.Floor(0.99 * compared), compared);
    }

    [Fact]
    public void An_autoencoder_keeps_its_reconstruction_error()
    {
        string path = SharedData.Require("models/mlperf_tiny/ad01_fp32.onnx");
        List<Tensor> windows = LabelledModel.MachineSound();
        LabelledModel model = new("ad01", "", () => windows, () => []);
        QuantizationResult result = Quantizer.QuantizeFile(path, model.Source(windows.Where((_, i) => i % 4 == 0)), new());
        using IInferenceSession real = Oracle.Session(OnnxReader.Read(File.ReadAllBytes(path), "ad01")), oracle = Oracle.Session(result.Model), own = Own(result.Model);
        double fp32 = MeanSquaredError(real, windows), int8 = MeanSquaredError(oracle, windows), ours = MeanSquaredError(own, windows);
        output.WriteLine($"ad01: {windows.Count} windows, mean squared error fp32 {fp32:F3}, int8 {int8:F3} in ONNX Runtime, {ours:F3} in {own.Provider}");
        Assert.InRange(int8, fp32 * 0.9, fp32 * 1.1);
        Assert.InRange(ours, fp32 * 0.9, fp32 * 1.1);
    }

    private static IInferenceSession Own(ModelProto model) => new QuantizationOptions().Sessions(model, "quantized");

    private static double MeanSquaredError(IInferenceSession session, List<Tensor> windows)
    {
        double sum = 0;
        foreach (Tensor x in windows)
        {
            ReadOnlySpan<float> a = x.AsSpan<float>(), b = session.Run(x)[0].AsSpan<float>();
            for (int i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum / windows.Sum(w => w.Count);
    }

    private static int Best(Tensor scores)
    {
        ReadOnlySpan<float> s = scores.AsSpan<float>();
        int best = 0;
        for (int i = 1; i < s.Length; i++)
            if (s[i] > s[best]) best = i;
        return best;
    }
}
