using CsCheck;
using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests;

/// <summary>Networks of random layers in random connection: each quantizes, loads in ONNX Runtime and stays near its float original.</summary>
public class RandomNetworkTests
{
    private static readonly string[] Layers =
        ["Conv", "Conv", "Conv", "Depthwise", "Relu", "Clip", "Sigmoid", "Tanh", "HardSwish", "LeakyRelu", "Silu", "Add", "Mul", "Concat", "MaxPool", "AveragePool", "Pad", "Resize", "Gate", "Transpose", "Slice", "BatchNormalization", "Softmax", "Exp"];

    [Fact]
    public void Every_network_of_random_layers_stays_near_its_original() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[2, 12], Gen.Bool, Gen.Bool).Sample(
            (seed, depth, symmetric, perChannel) =>
            {
                ModelProto model = Network(new Random(seed), depth);
                QuantizationResult result = Quantizer.Quantize(model, Samples.Normal(4, seed), new()
                {
                    Sessions = Oracle.Factory, SymmetricActivations = symmetric, PerChannel = perChannel, MeasuredSamples = 4,
                });
                Assert.InRange(result.Report.Outputs[0].SqnrDb, 5, double.PositiveInfinity);
                using IInferenceSession before = Oracle.Session(model), after = Oracle.Session(result.Model);
                Tensor x = Samples.NormalTensor(new Shape(1, 4, 8, 8), seed);
                Assert.Equal(before.Run(x)[0].Shape, after.Run(x)[0].Shape);
            },
            iter: 60, threads: 1);

    /// <summary>All values are [1, 4, 8, 8], so that anything can follow anything.</summary>
    internal static ModelProto Network(Random random, int depth)
    {
        OnnxGraphBuilder b = new OnnxGraphBuilder(14).Input("x", DataType.Float32, 1, 4, 8, 8);
        List<string> values = ["x"];
        for (int i = 0; i < depth; i++) values.Add(Layer(b, random, Layers[random.Next(Layers.Length)], values[random.Next(values.Count)], values[random.Next(values.Count)], $"v{i}"));
        Convolution(b, random, values[^1], "last", 4, 1, 1);
        return b.Node("Add", ["last", values[random.Next(values.Count)]], ["y"]).Output("y", DataType.Float32, 1, 4, 8, 8).Build();
    }

    private static void Convolution(OnnxGraphBuilder b, Random random, string x, string y, int inputs, int group, int kernel)
    {
        int count = 4 * inputs / group * kernel * kernel;
        b.Initializer(y + "_w", Normal(random, count, 1 / Math.Sqrt((double)inputs / group * kernel * kernel)), 4, inputs / group, kernel, kernel).Initializer(y + "_b", Normal(random, 4, 0.2), 4)
            .Node("Conv", [x, y + "_w", y + "_b"], [y], AttributeProto.Of("group", (long)group), AttributeProto.Of("pads", Enumerable.Repeat((long)(kernel / 2), 4)));
    }

    private static string Layer(OnnxGraphBuilder b, Random random, string kind, string x, string other, string y)
    {
        switch (kind)
        {
            case "Conv": Convolution(b, random, x, y, 4, 1, 3); break;
            case "Depthwise": Convolution(b, random, x, y, 4, 4, 3); break;
            case "Clip": b.Initializer(y + "_lo", [-0.5f]).Initializer(y + "_hi", [1.5f]).Node("Clip", [x, y + "_lo", y + "_hi"], [y]); break;
            case "Silu": b.Node("Sigmoid", [x], [y + "_s"]).Node("Mul", [x, y + "_s"], [y]); break;
            case "Add" or "Mul": b.Node(kind, [x, other], [y]); break;
            case "Concat":
                b.Node("Concat", [x, other], [y + "_c"], AttributeProto.Of("axis", 1L));
                Convolution(b, random, y + "_c", y, 8, 1, 1);
                break;
            case "MaxPool" or "AveragePool": b.Node(kind, [x], [y], AttributeProto.Of("kernel_shape", 3L, 3), AttributeProto.Of("pads", 1L, 1, 1, 1)); break;
            case "Pad":
                b.Initializer(y + "_p", new long[] { 0, 0, 1, 1, 0, 0, 1, 1 }, 8).Node("Pad", [x, y + "_p"], [y + "_q"])
                    .Initializer(y + "_s", new long[] { 1, 1 }, 2).Initializer(y + "_e", new long[] { 9, 9 }, 2).Initializer(y + "_a", new long[] { 2, 3 }, 2)
                    .Node("Slice", [y + "_q", y + "_s", y + "_e", y + "_a"], [y]);
                break;
            case "Resize":
                b.Node("MaxPool", [x], [y + "_m"], AttributeProto.Of("kernel_shape", 2L, 2), AttributeProto.Of("strides", 2L, 2))
                    .Initializer(y + "_s", [1f, 1, 2, 2], 4).Node("Resize", [y + "_m", "", y + "_s"], [y], AttributeProto.Of("mode", "nearest"));
                break;
            case "Gate":
                b.Node("GlobalAveragePool", [x], [y + "_g"]);
                Convolution(b, random, y + "_g", y + "_h", 4, 1, 1);
                b.Node("HardSigmoid", [y + "_h"], [y + "_k"]).Node("Mul", [other, y + "_k"], [y]);
                break;
            case "Transpose": b.Node("Transpose", [x], [y], AttributeProto.Of("perm", 0L, 1, 3, 2)); break;
            case "Slice":
                b.Initializer(y + "_i", new long[] { 3, 1, 0, 2 }, 4).Node("Gather", [x, y + "_i"], [y], AttributeProto.Of("axis", 1L));
                break;
            case "BatchNormalization":
                b.Initializer(y + "_p", [0.9f, 1.1f, 0.8f, 1], 4).Initializer(y + "_m", [0.1f, -0.1f, 0, 0.2f], 4).Node("BatchNormalization", [x, y + "_p", y + "_m", y + "_m", y + "_p"], [y]);
                break;
            case "Exp": b.Node("Tanh", [x], [y + "_t"]).Node("Exp", [y + "_t"], [y]); break;
            default: b.Node(kind, [x], [y]); break;
        }
        return y;
    }

    private static float[] Normal(Random random, int count, double deviation) =>
        Samples.NormalTensor(new Shape(count), random.Next(), 0, deviation).AsSpan<float>().ToArray();
}
