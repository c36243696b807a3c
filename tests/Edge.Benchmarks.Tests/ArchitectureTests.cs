using System.Runtime.InteropServices;
using Edge.Benchmarks.Architectures;
using Edge.Benchmarks.Models;
using Edge.Kernels;
using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;
using Xunit;

namespace Edge.Benchmarks.Tests;

/// <summary>Generated networks, on small pictures: both engines run them and agree, and their values are of a reasonable size.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, Func<ModelProto>> Networks = new()
    {
        ["resnet18"] = () => ResNet.ResNet18(64),
        ["resnet50"] = () => ResNet.ResNet50(32),
        ["mobilenetv2"] = () => MobileNet.V2(64),
        ["mobilenetv3"] = () => MobileNet.V3Large(64),
        ["efficientnet-lite0"] = () => MobileNet.EfficientNetLite0(64),
        ["squeezenet"] = () => SqueezeNet.Build(64),
        ["shufflenetv2"] = () => ShuffleNetV2.Build(64),
        ["yolov8n"] = () => Yolo8.Build(64),
        ["vit-tiny"] = () => Transformers.VitTiny(64, layers: 2),
        ["mobilebert"] = () => Transformers.MobileBert(tokens: 16, layers: 2),
        ["lstm"] = () => Lstm.Build(steps: 10),
    };

    public static TheoryData<string> Names => [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_engines_agree_on_a_generated_network(string name)
    {
        byte[] bytes = Int8Models.Bytes(Networks[name]());
        using var model = Model.Load(bytes, name);
        Tensor[] inputs = Inputs(model);
        using var ours = new InferenceSession(model, new SessionOptions { Threads = 1 });
        using var theirs = new OnnxRuntimeModel(bytes, name, inputs, threads: 1);
        float[] y = ours.Run(inputs)[0].AsSpan<float>().ToArray();
        theirs.Run();
        float[] expected = MemoryMarshal.Cast<byte, float>(theirs.Output(0)).ToArray();
        Assert.All(expected, v => Assert.True(float.IsFinite(v)));
        float range = expected.Max() - expected.Min();
        Assert.InRange(range, 1e-3f, 1e4f);
        Assert.Equal(expected.Length, y.Length);
        Assert.InRange(y.Zip(expected, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-3f * range);
    }

    [Theory]
    [InlineData("mobilenetv2")]
    [InlineData("squeezenet")]
    public void All_8_bit_forms_give_the_same_bytes_on_every_kernel_set_and_tell_inputs_apart(string name)
    {
        ModelProto quantized = Int8Models.Quantize(Networks[name]());
        float[]? first = null;
        foreach (Int8Form form in Enum.GetValues<Int8Form>())
        {
            byte[] bytes = Int8Models.Bytes(Int8Models.Rewrite(quantized, form));
            using var model = Model.Load(bytes, name);
            Tensor[] inputs = Inputs(model);
            float[][] results = [.. KernelCatalog.Available.Select(set =>
            {
                using var session = new InferenceSession(model, new SessionOptions { Threads = 1, Isa = set.Name });
                return session.Run(inputs)[0].AsSpan<float>().ToArray();
            })];
            Assert.All(results, r => Assert.Equal(results[0], r));
            // The forms are the same integers, so only the order of one float sum, in the last layer, may differ between them.
            first ??= results[0];
            float range = first.Max() - first.Min();
            Assert.InRange(first.Distinct().Count(), first.Length / 20, first.Length);
            Assert.InRange(results[0].Zip(first, (a, b) => Math.Abs(a - b)).Max(), 0, 0.05f * range);
            using var theirs = new OnnxRuntimeModel(bytes, name, inputs, threads: 1);
            float[] expected = MemoryMarshal.Cast<byte, float>(theirs.Output(0)).ToArray();
            Assert.InRange(results[0].Zip(expected, (a, b) => Math.Abs(a - b)).Max(), 0, 0.15f * range);
        }
    }

    [Theory]
    [InlineData(nameof(Int8Form.QLinearU8S8), "u8·s8 QLinear")]
    [InlineData(nameof(Int8Form.QLinearS8S8), "s8·s8 QLinear")]
    [InlineData(nameof(Int8Form.U8U8), "u8·u8 QDQ")]
    [InlineData(nameof(Int8Form.S8S8), "s8·s8 QDQ")]
    public void A_form_is_what_its_name_says(string name, string expected)
    {
        Int8Form form = Enum.Parse<Int8Form>(name);
        ModelProto model = Int8Models.Rewrite(Int8Models.Quantize(ResNet.ResNet18(32)), form);
        Assert.EndsWith(expected, ModelFormat.Of(form), StringComparison.Ordinal);
        Assert.EndsWith(expected, ModelFormat.Of(model), StringComparison.Ordinal);
        bool integer = form is Int8Form.QLinearU8S8 or Int8Form.QLinearS8S8;
        Assert.Equal(integer ? 20 : 0, model.Graph.Nodes.Count(n => n.OpType == "QLinearConv"));
        Assert.Equal(integer ? 0 : 20, model.Graph.Nodes.Count(n => n.OpType == "Conv"));
    }

    private static Tensor[] Inputs(Model model) => new BenchmarkModel("", ModelFormat.Float, "", () => [], new Dictionary<string, int>()).Inputs(model);
}
