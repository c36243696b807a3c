using Edge.AccuracyTable.Sets;

namespace Edge.AccuracyTable;

/// <summary>Every model of the shared data that there is something to hold to.</summary>
internal static class AccuracyCases
{
    /// <summary>Points of top-1 that small networks may lose, and large ones.</summary>
    private const double Small = 0.3, Large = 0.5;

    /// <summary>Of the float model's boxes, precision and labels, what may be lost in percent.</summary>
    private const double Boxes = 3, Labels = 1;

    public static IReadOnlyList<AccuracyCase> All { get; } =
    [
        new("mobilenet_v2_1.0_224", "models/imagenet_mobilenet/mobilenet_v2_1.0_224_fp32.onnx.gz", s => ImageNet.Open(s, 224), Large),
        new("mobilenet_v1_0.25_128", "models/imagenet_mobilenet/mobilenet_v1_0.25_128_fp32.onnx.gz", s => ImageNet.Open(s, 128), Large),
        new("mobilenet_v1_0.5_160", "models/imagenet_mobilenet/mobilenet_v1_0.5_160_fp32.onnx.gz", s => ImageNet.Open(s, 160), Large),
        new("resnet20", "models/cifar_resnet/resnet20-12fca82f.onnx", s => Cifar.Open(s, "scale=1/255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225", 1, 3, 32, 32), Small),
        new("ic_resnet8", "models/mlperf_tiny/ic_resnet8_fp32.onnx", s => Cifar.Open(s, "", 1, 32, 32, 3), Small),
        new("ic_resnet8_large", "models/mlperf_tiny/ic_resnet8_large_fp32.onnx", s => Cifar.Open(s, "", 1, 32, 32, 3), Small),
        new("kws_dscnn", "models/mlperf_tiny/kws_dscnn_fp32.onnx", Keywords.Open, Small),
        new("vww_mobilenetv1_025_96", "models/mlperf_tiny/vww_mobilenetv1_025_96_fp32.onnx", Persons.Open, Small),
        new("mnist-8", "models/mnist_cntk/mnist-8.onnx", Mnist.Open, Small),
        new("ad01", "models/mlperf_tiny/ad01_fp32.onnx", MachineSound.Open, 0.6),
        new("cwru_autoencoder_score", "models/trained_here/cwru_autoencoder_score.onnx", BearingSpectra.Open, 0.005),
        new("cwru_cnn1d", "models/trained_here/cwru_cnn1d.onnx", Bearings.Open, Labels),
        new("cwru_bigru", "models/trained_here/cwru_bigru.onnx", Bearings.Open, Labels),
        new("cwru_transformer", "models/trained_here/cwru_transformer.onnx", Bearings.Open, Labels),
        new("cmapss_fd001_lstm_rul", "models/trained_here/cmapss_fd001_lstm_rul.onnx", Turbofans.Open, 0.5),
        new("silero_vad", "models/silero-vad/silero_vad.onnx", Voice.AtItsRate, Labels) { State = [new(1, 1, [2, 1, 128])], Fixed = new Dictionary<string, double> { ["sr"] = 16000 } },
        new("silero_vad_16k_op15", "models/silero-vad/silero_vad_16k_op15.onnx", Voice.Open, Labels) { State = [new(1, 1, [2, 1, 128])] },
        new("openwakeword embedding", "models/openwakeword/embedding_model.onnx", WakeWord.Embedding, 5),
        new("openwakeword alexa", "models/openwakeword/alexa_v0.1.onnx", WakeWord.Alexa, Labels),
        new("sww", "models/mlperf_tiny/sww_fp32_dequantised.onnx", WakeWord.Streaming, Labels),
        new("FastestDet", "models/fastestdet/FastestDet.onnx", Detectors.FastestDet, Boxes) { Relative = true },
        new("nanodet", "models/nanodet/object_detection_nanodet_2022nov.onnx", Detectors.NanoDet, Boxes) { Relative = true },
        new("ultraface RFB-320", "models/ultraface/version-RFB-320.onnx", Detectors.UltraFace, Boxes),
        new("yunet_n_320_320", "models/yunet/yunet_n_320_320.onnx", Detectors.YuNet, Boxes),
        new("yunet_s_320_320", "models/yunet/yunet_s_320_320.onnx", Detectors.YuNet, Boxes),
        new("yolox_nano", "models/yolox_nano/yolox_nano.onnx", Detectors.Yolox, Boxes) { Relative = true },
        new("deeplabv3_mnv2_dm05", "models/deeplab/deeplabv3_mnv2_dm05_pascal_fp32.onnx.gz", Pixels.Open, Boxes),
    ];
}
