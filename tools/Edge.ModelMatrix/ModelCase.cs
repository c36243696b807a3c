using Edge.ModelMatrix.Samples;

namespace Edge.ModelMatrix;

/// <summary>How well a model does on labelled samples.</summary>
internal enum Metric
{
    /// <summary>No labels: only agreement is measured.</summary>
    None,

    /// <summary>Percentage of samples whose greatest output is that of the label.</summary>
    Top1,

    /// <summary>Mean squared difference of output and input, over all samples.</summary>
    ReconstructionError,
}

/// <summary>One model of the shared data, in fp32 and in the int8 forms that are there.</summary>
/// <param name="Name">As DATA.md names it.</param>
/// <param name="Fp32">Path under <c>shared/data</c>.</param>
/// <param name="Int8">Form and path of each int8 version.</param>
/// <param name="Open">Its real inputs.</param>
/// <param name="Metric">What is measured on them.</param>
/// <param name="Figure">What DATA.md gives for fp32.</param>
/// <param name="FirstClass">Index of the output that is class 0: 1 where a background class comes first.</param>
internal sealed record ModelCase(
    string Name,
    string Fp32,
    IReadOnlyList<(string Form, string Path)> Int8,
    Func<SharedSets, ISamples> Open,
    Metric Metric = Metric.None,
    double Figure = double.NaN,
    int FirstClass = 0)
{
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
        new("FastestDet", "models/fastestdet/FastestDet.onnx", [], s => s.Pictures("images/coco128_val/images/val2017", "resize=352x352,color=bgr,scale=1/255", 1, 3, 352, 352)),
        new("ultraface RFB-320", "models/ultraface/version-RFB-320.onnx", [], s => s.Pictures("images/coco128_val/images/val2017", "resize=320x240,mean=127,std=128", 1, 3, 240, 320)),
        new("ultraface RFB-320 simplified", "models/ultraface/version-RFB-320_simplified.onnx", [], s => s.Pictures("images/coco128_val/images/val2017", "resize=320x240,mean=127,std=128", 1, 3, 240, 320)),
        new("yunet_n_320_320", "models/yunet/yunet_n_320_320.onnx", [], s => s.Pictures("images/coco128_val/images/val2017", "letterbox=320,align=topleft,fill=0,color=bgr", 1, 3, 320, 320)),
    ];
}
