using Edge.Quantization.Calibration;
using Edge.Quantization.Observers;
using Edge.Quantization.Report;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using StbImageSharp;
using Xunit;

namespace Edge.Quantization.Tests.RealModels;

/// <summary>
/// Detectors on real pictures: how near the int8 outputs stay to the float ones. Their depthwise layers have channels of
/// very different ranges and rare large values, which ranges of least error suit best. The numbers are printed.
/// </summary>
public class DetectorTests(ITestOutputHelper output)
{
    /// <summary>Path, what is subtracted from a byte, what it is divided by, and the least ratio of the worst output.</summary>
    public static TheoryData<string, float, float, double> Models => new()
    {
        { "models/fastestdet/FastestDet.onnx", 0, 255, 13 },
        { "models/ultraface/version-RFB-320.onnx", 127, 128, 40 },
        { "models/yunet/yunet_n_320_320.onnx", 0, 1, 15 },
        { "models/yolox_nano/yolox_nano.onnx", 0, 1, 5 },
        { "models/nanodet/object_detection_nanodet_2022nov.onnx", 110, 57, 13 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Outputs_stay_near(string path, float mean, float deviation, double leastDb)
    {
        QuantizationResult r = Quantizer.QuantizeFile(SharedData.Require(path), Pictures(mean, deviation), new() { Sessions = Oracle.Factory, MaxSamples = 48, MeasuredSamples = 12, Ranges = new LeastErrorEstimator() });
        foreach (OutputReport o in r.Report.Outputs) output.WriteLine($"{path} {o.Name}: SQNR {o.SqnrDb:F1} dB, max error {o.MaxError:G3}, mean error {o.MeanError:G3}");
        output.WriteLine(r.Report.ToMarkdown());
        Assert.All(r.Report.Outputs, o => Assert.InRange(o.SqnrDb, leastDb, double.PositiveInfinity));
    }

    /// <summary>Pictures of COCO, stretched to the input, blue first.</summary>
    private static DelegateCalibrationSource Pictures(float mean, float deviation)
    {
        string folder = SharedData.Require("images/coco128_val/images/val2017");
        string[] files = [.. Directory.EnumerateFiles(folder, "*.jpg").Order(StringComparer.Ordinal)];
        return new DelegateCalibrationSource("COCO pictures", files.Length, inputs => files.Select(f => new[] { Picture(f, inputs[0], mean, deviation) }));
    }

    private static Tensor Picture(string file, TensorInfo input, float mean, float deviation)
    {
        ImageResult image = ImageResult.FromMemory(File.ReadAllBytes(file), ColorComponents.RedGreenBlue);
        Tensor t = Tensor.Create<float>(input.ShapeWith(1));
        (int height, int width) = (t.Shape[2], t.Shape[3]);
        Span<float> to = t.AsSpan<float>();
        for (int c = 0; c < 3; c++)
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    to[(((c * height) + y) * width) + x] = (image.Data[(((y * image.Height / height * image.Width) + (x * image.Width / width)) * 3) + 2 - c] - mean) / deviation;
        return t;
    }
}
