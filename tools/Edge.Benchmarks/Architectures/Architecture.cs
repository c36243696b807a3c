using Edge.Onnx;

namespace Edge.Benchmarks.Architectures;

/// <summary>A network that is made when it is measured.</summary>
/// <param name="Name">How tables call it.</param>
/// <param name="Build">Makes its float32 form.</param>
/// <param name="Forms">The 8-bit forms that are measured; none of networks that are not convolutional.</param>
internal sealed record Architecture(string Name, Func<ModelProto> Build, params IReadOnlyList<Int8Form> Forms)
{
    private static readonly Int8Form[] s_all = Enum.GetValues<Int8Form>();

    public static IReadOnlyList<Architecture> All { get; } =
    [
        new("resnet50", () => ResNet.ResNet50(), s_all),
        new("resnet18", () => ResNet.ResNet18(), s_all),
        new("mobilenetv2", () => MobileNet.V2(), s_all),
        new("squeezenet1.1", () => SqueezeNet.Build(), s_all),
        new("mobilenetv3", () => MobileNet.V3Large(), Int8Form.U8S8),
        new("shufflenetv2", () => ShuffleNetV2.Build(), Int8Form.U8S8),
        new("efficientnet-lite0", () => MobileNet.EfficientNetLite0(), Int8Form.U8S8),
        new("yolov8n", () => Yolo8.Build(), Int8Form.U8S8),
        new("vit-tiny", () => Transformers.VitTiny()),
        new("mobilebert", () => Transformers.MobileBert()),
        new("lstm", () => Lstm.Build()),
    ];
}
