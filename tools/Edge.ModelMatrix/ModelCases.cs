using Edge.SharedModels.Samples;

namespace Edge.ModelMatrix;

/// <summary>The models of the shared data.</summary>
internal static class ModelCases
{
    private const string Coco = "images/coco128_val/images/val2017";
    private const string ImageNet = "mean=128,std=128";
    private const string Cifar = "scale=1/255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225";

    /// <summary>The models that DATA.md marks as those to run first.</summary>
    public static IReadOnlyList<ModelCase> First { get; } =
    [
        new("mobilenet_v2_1.0_224", "models/imagenet_mobilenet/mobilenet_v2_1.0_224_fp32.onnx.gz",
            [("QDQ", "models-int8/imagenet_mobilenet/mobilenet_v2_1.0_224_uint8_qdq.onnx"), ("QOperator", "models-int8/qoperator_ort/mobilenet_v2_qoperator_ort.onnx")],
            s => s.ImageNet(ImageNet, 224), Metric.Top1, 88.2, FirstClass: 1),
        new("mobilenet_v1_0.25_128", "models/imagenet_mobilenet/mobilenet_v1_0.25_128_fp32.onnx.gz",
            [("QDQ", "models-int8/imagenet_mobilenet/mobilenet_v1_0.25_128_uint8_qdq.onnx"), ("QOperator", "models-int8/qoperator_ort/mobilenet_v1_025_qoperator_ort.onnx")],
            s => s.ImageNet(ImageNet, 128), Metric.Top1, 43.0, FirstClass: 1),
        new("mobilenet_v1_0.5_160", "models/imagenet_mobilenet/mobilenet_v1_0.5_160_fp32.onnx.gz",
            [("QDQ", "models-int8/imagenet_mobilenet/mobilenet_v1_0.5_160_uint8_qdq.onnx")],
            s => s.ImageNet(ImageNet, 160), Metric.Top1, 65.6, FirstClass: 1),
        new("resnet20", "models/cifar_resnet/resnet20-12fca82f.onnx", [], s => s.Cifar(Cifar, 1, 3, 32, 32), Metric.Top1, 81.03),
        new("ic_resnet8", "models/mlperf_tiny/ic_resnet8_fp32.onnx",
            [("QDQ", "models-int8/mlperf_tiny/ic_resnet8_int8_qdq.onnx"), ("QOperator", "models-int8/qoperator_ort/ic_resnet8_qoperator_ort.onnx")],
            s => s.Cifar("", 1, 32, 32, 3), Metric.Top1, 75.48),
        new("ic_resnet8_large", "models/mlperf_tiny/ic_resnet8_large_fp32.onnx",
            [("QDQ", "models-int8/mlperf_tiny/ic_resnet8_large_int8_qdq.onnx")],
            s => s.Cifar("", 1, 32, 32, 3), Metric.Top1, 81.03),
        new("kws_dscnn", "models/mlperf_tiny/kws_dscnn_fp32.onnx",
            [("QDQ", "models-int8/mlperf_tiny/kws_dscnn_int8_qdq.onnx"), ("QOperator", "models-int8/qoperator_ort/kws_qoperator_ort.onnx")],
            s => s.Keywords(), Metric.Top1, 90.1),
        new("vww_mobilenetv1_025_96", "models/mlperf_tiny/vww_mobilenetv1_025_96_fp32.onnx",
            [("QDQ", "models-int8/mlperf_tiny/vww_int8_qdq.onnx"), ("QOperator", "models-int8/qoperator_ort/vww_qoperator_ort.onnx")],
            s => s.Persons("resize=96x96,interpolation=antialiased,scale=1/255", 1, 96, 96, 3), Metric.Top1, 86.7),
        new("ad01", "models/mlperf_tiny/ad01_fp32.onnx",
            [("QDQ", "models-int8/mlperf_tiny/ad01_int8_qdq.onnx"), ("QOperator", "models-int8/qoperator_ort/ad01_qoperator_ort.onnx")],
            s => s.MachineSound(), Metric.ReconstructionError, 9.707),
        new("mnist-8", "models/mnist_cntk/mnist-8.onnx", [], s => s.Mnist(), Metric.Top1, 98.91),
        new("FastestDet", "models/fastestdet/FastestDet.onnx", [], s => s.Pictures(Coco, "resize=352x352,color=bgr,scale=1/255", 1, 3, 352, 352)),
        new("ultraface RFB-320", "models/ultraface/version-RFB-320.onnx", [], s => s.Pictures(Coco, "resize=320x240,mean=127,std=128", 1, 3, 240, 320)),
        new("ultraface RFB-320 simplified", "models/ultraface/version-RFB-320_simplified.onnx", [], s => s.Pictures(Coco, "resize=320x240,mean=127,std=128", 1, 3, 240, 320)),
        new("yunet_n_320_320", "models/yunet/yunet_n_320_320.onnx", [], s => s.Pictures(Coco, "letterbox=320,align=topleft,fill=0,color=bgr", 1, 3, 320, 320)),
    ];

    /// <summary>All others.</summary>
    public static IReadOnlyList<ModelCase> Others { get; } =
    [
        // Its first layers sum pixels of 0 to 255 to values near 90 that cancel later: the order of the sums, which folding its slices
        // into the first kernel changed, shows as 1.2e-4, before that as 9.5e-5.
        Picture("yolox_nano", "models/yolox_nano/yolox_nano.onnx", "letterbox=416,align=topleft,fill=114,color=bgr", 1, 3, 416, 416) with { Fp32Tolerance = 2e-4 },
        Picture("nanodet", "models/nanodet/object_detection_nanodet_2022nov.onnx", "letterbox=416,color=bgr,mean=103.53:116.28:123.675,std=57.375:57.12:58.395", 1, 3, 416, 416),
        Picture("yunet_s_320_320", "models/yunet/yunet_s_320_320.onnx", "letterbox=320,align=topleft,fill=0,color=bgr", 1, 3, 320, 320),
        new("yunet_n_dynamic", "models/yunet/yunet_n_dynamic.onnx", [], YunetSizes),
        new("yunet_s_dynamic", "models/yunet/yunet_s_dynamic.onnx", [], YunetSizes),
        Picture("blazeface_front", "models/blazeface_barracuda/face_detection_front_128x128_barracuda.onnx", "resize=128x128,mean=127.5,std=127.5", 1, 128, 128, 3) with
        {
            // Two of the 16384 sums of its eighth block are ties that ONNX Runtime rounds the other way; three blocks on, a step has become seven.
            Int8Tolerance = 0.2,
        },
        new("ppocr_v4_det", "models/ppocr_v4/ch_PP-OCRv4_det_infer.onnx", [], s => new MixedSamples(
            s.Pictures(Coco, "resize=320x256," + Imagenet255, 1, 3, 256, 320), s.Pictures(Coco, "resize=480x320," + Imagenet255, 1, 3, 320, 480))),
        Picture("ppocr_v2_cls", "models/ppocr_v4/ch_ppocr_mobile_v2.0_cls_infer.onnx", "resize=192x48,mean=127.5,std=127.5", 1, 3, 48, 192),
        new("deeplabv3_mnv2_dm05", "models/deeplab/deeplabv3_mnv2_dm05_pascal_fp32.onnx.gz", [("QDQ", "models-int8/deeplab/deeplabv3_mnv2_dm05_pascal_uint8_qdq.onnx")],
            s => s.Pictures(Coco, "resize=513x513,mean=128,std=128", 1, 513, 513, 3)),
        new("mnist_rten", "models/mnist_rten/mnist.onnx", [], s => s.Mnist()),
        new("sww", "models/mlperf_tiny/sww_fp32_dequantised.onnx", [("QDQ", "models-int8/mlperf_tiny/sww_int8_qdq.onnx")], s => s.WakeWordSpectra()),
        new("edgeopt_mobilenetv2", null, [("dynamic", "models-int8/edgeopt_mobilenetv2_cifar10/model_uint8.onnx")], s => s.ImageNet(Imagenet255, 224, planar: true)),
        new("dtln_model_1", "models/dtln/model_1.onnx", [], s => s.SpeechSpectra()) { State = [(1, 1, [1, 2, 128, 2])] },
        new("silero_vad", "models/silero-vad/silero_vad.onnx", [], s => s.Voice()) { State = [(1, 1, [2, 1, 128])] },
        new("silero_vad_16k_op15", "models/silero-vad/silero_vad_16k_op15.onnx", [], s => s.Voice()) { State = [(1, 1, [2, 1, 128])] },
        new("openwakeword melspectrogram", "models/openwakeword/melspectrogram.onnx", [], s => s.Speech()),
        new("openwakeword embedding", "models/openwakeword/embedding_model.onnx", [], s => s.MelWindows()),
        new("openwakeword alexa", "models/openwakeword/alexa_v0.1.onnx", [], s => s.Embeddings()),
        new("byte_sb_bidi_lstm", "models/tract_byte_sb_bidi_lstm/model.onnx", [], s => s.Stored("models/tract_byte_sb_bidi_lstm/io.npz")),
        new("cwru_cnn1d", "models/trained_here/cwru_cnn1d.onnx", [], s => s.Vibration()),
        new("cwru_bigru", "models/trained_here/cwru_bigru.onnx", [], s => s.Vibration()),
        new("cwru_transformer", "models/trained_here/cwru_transformer.onnx", [], s => s.Vibration()),
        new("cwru_autoencoder_score", "models/trained_here/cwru_autoencoder_score.onnx", [], s => s.VibrationSpectra()),
        new("cmapss_fd001_lstm_rul", "models/trained_here/cmapss_fd001_lstm_rul.onnx", [], s => s.Engines()),
        .. Tables.Select(t => new ModelCase(t.Name, $"models/tract_ml/{t.Name}/model.onnx", [], s => new MixedSamples(SharedSets.Rows(t.Columns), SharedSets.Rows(t.Columns)))),
        .. Tract.Select(t => new ModelCase(t, null, [("QLinear", $"models-int8/tract_q/{t}/model.onnx")], s => s.Stored($"models-int8/tract_q/{t}/io.npz"))),
        new("superres_prepost", "models/superres_prepost/pytorch_superresolution_with_pre_post_processing_op18.onnx", [], s => SharedSets.Rows(1)) { Refused = "com.microsoft.extensions.DecodeImage" },
    ];

    private const string Imagenet255 = "scale=1/255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225";

    private static IEnumerable<(string Name, int Columns)> Tables =>
        [("lgbm_classifier_tensor", 13), ("lgbm_regressor_tensor", 13), ("xgboost_classifier_tree", 13), ("xgboost_regressor_tree", 13), ("linear_classifier", 12), ("linear_regressor", 21)];

    private static IEnumerable<string> Tract => ["qrelu_1", "qsigmoid_1", "qtanh_1", "qtdnn_10x5_101_i32_biases", "qlstm_3-2-3_T3_S1"];

    private static MixedSamples YunetSizes(SharedSets s) => new MixedSamples(
        s.Pictures(Coco, "resize=320x256,color=bgr", 1, 3, 256, 320), s.Pictures(Coco, "resize=192x352,color=bgr", 1, 3, 352, 192), s.Pictures(Coco, "resize=64x64,color=bgr", 1, 3, 64, 64));

    private static ModelCase Picture(string name, string path, string preprocess, params int[] dims) => new(name, path, [], s => s.Pictures(Coco, preprocess, dims));
}
