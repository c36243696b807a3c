using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Report;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.RealModels;

/// <summary>
/// Every float model of the shared data becomes a model that ONNX Runtime loads at its highest level and runs, whatever
/// exporter and operator set it comes from. Inputs are noise: only structure is judged here.
/// </summary>
public class EveryModelTests(ITestOutputHelper output)
{
    /// <summary>Path and the size that stands for free dimensions other than the batch.</summary>
    public static TheoryData<string, int> Models => new()
    {
        { "models/blazeface_barracuda/face_detection_front_128x128_barracuda.onnx", 1 },
        { "models/deeplab/deeplabv3_mnv2_dm05_pascal_fp32.onnx", 1 },
        { "models/dtln/model_1.onnx", 1 },
        { "models/fastestdet/FastestDet.onnx", 1 },
        { "models/imagenet_mobilenet/mobilenet_v1_0.25_128_fp32.onnx", 1 },
        { "models/imagenet_mobilenet/mobilenet_v1_0.5_160_fp32.onnx", 1 },
        { "models/mlperf_tiny/sww_fp32_dequantised.onnx", 1 },
        { "models/mlperf_tiny/vww_mobilenetv1_025_96_fp32.onnx", 1 },
        { "models/mnist_rten/mnist.onnx", 28 },
        { "models/nanodet/object_detection_nanodet_2022nov.onnx", 1 },
        { "models/openwakeword/alexa_v0.1.onnx", 1 },
        { "models/openwakeword/embedding_model.onnx", 1 },
        { "models/ppocr_v4/ch_PP-OCRv4_det_infer.onnx", 96 },
        { "models/ppocr_v4/ch_ppocr_mobile_v2.0_cls_infer.onnx", 96 },
        { "models/silero-vad/silero_vad_16k_op15.onnx", 576 },
        { "models/trained_here/cmapss_fd001_lstm_rul.onnx", 1 },
        { "models/trained_here/cwru_autoencoder_score.onnx", 1 },
        { "models/trained_here/cwru_bigru.onnx", 1 },
        { "models/trained_here/cwru_cnn1d.onnx", 1 },
        { "models/trained_here/cwru_transformer.onnx", 1 },
        { "models/ultraface/version-RFB-320.onnx", 1 },
        { "models/ultraface/version-RFB-320_simplified.onnx", 1 },
        { "models/yolox_nano/yolox_nano.onnx", 1 },
        { "models/yunet/yunet_n_320_320.onnx", 1 },
        { "models/yunet/yunet_s_dynamic.onnx", 64 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void The_quantized_model_loads_and_runs_in_onnx_runtime(string path, int free)
    {
        QuantizationResult result = Quantizer.QuantizeFile(SharedData.Require(path), Noise(2, free), new() { Sessions = Oracle.Factory, MeasuredSamples = 1 });
        output.WriteLine($"{path}: {result.Report.Layers.Count} layers quantized, {result.Report.FloatLayers.Count} float; {result.Report.SourceBytes:N0} -> {result.Report.QuantizedBytes:N0} bytes; "
            + string.Join(", ", result.Report.Outputs.Select(o => $"{o.Name} {o.SqnrDb:F1} dB")));
        foreach (IGrouping<string, FloatLayerReport> g in result.Report.FloatLayers.GroupBy(l => $"{l.Operator}: {l.Reason}")) output.WriteLine($"  {g.Count()}x {g.Key}");
        using IInferenceSession session = Oracle.Session(result.Model);
        Tensor[] sample = [.. Noise(1, free).Read(session.Inputs).First()];
        Assert.All(session.Run(sample), t => Assert.True(t.Type != DataType.Float32 || !t.AsSpan<float>().ContainsAnyExceptInRange(float.MinValue, float.MaxValue)));
        Assert.All(result.Report.Layers, l => Assert.All(l.Inputs.Concat(l.Outputs), a => Assert.True(float.IsNormal(a.Scale) && a.Scale > 0)));
        Assert.DoesNotContain(result.Model.Graph.Nodes, n => n.OpType is "BatchNormalization" && n.Inputs[0].EndsWith("_dequantized", StringComparison.Ordinal));
    }

    private static DelegateCalibrationSource Noise(int count, int free) => new("noise", count, inputs => Draw(inputs, count, free));

    private static IEnumerable<IReadOnlyList<Tensor>> Draw(IReadOnlyList<TensorInfo> inputs, int count, int free)
    {
        for (int n = 0; n < count; n++)
            yield return [.. inputs.Select((info, i) => info.Type == DataType.Float32 ? Samples.NormalTensor(ShapeOf(info, free), (n * 100) + i) : Rate(info))];
    }

    private static Shape ShapeOf(TensorInfo info, int free) => new([.. info.Dimensions!.Select((d, axis) => d.IsFixed ? d.Size : axis == 0 || d.Symbol == "batch" ? 1 : free)]);

    /// <summary>The sampling rate that speech models ask for.</summary>
    private static Tensor Rate(TensorInfo info)
    {
        Tensor t = Tensor.Create(info.Type, info.ShapeWith(1));
        t.AsSpan<long>().Fill(16000);
        return t;
    }
}
