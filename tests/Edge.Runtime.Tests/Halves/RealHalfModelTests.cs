using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Halves;

/// <summary>Real models, converted to half precision, agree with ONNX Runtime on the same file.</summary>
public sealed class RealHalfModelTests
{
    /// <summary>float16 has 11 digits; ONNX Runtime rounds after every layer.</summary>
    private const double OfRange = 0.01;

    [Theory]
    [InlineData("models/cifar_resnet/resnet20-12fca82f.onnx")]
    [InlineData("models/fastestdet/FastestDet.onnx")]
    [InlineData("models/yunet/yunet_n_320_320.onnx")]
    [InlineData("models/mlperf_tiny/vww_mobilenetv1_025_96_fp32.onnx")]
    [InlineData("models/trained_here/cwru_transformer.onnx")]
    [InlineData("models/trained_here/cmapss_fd001_lstm_rul.onnx")]
    [InlineData("models/trained_here/cwru_bigru.onnx")]
    public void All_in_half_precision(string path) => Compare(HalfModel.AllHalf(File.ReadAllBytes(SharedData.Require(path))), DataType.Float16);

    [Theory]
    [InlineData("models/cifar_resnet/resnet20-12fca82f.onnx")]
    [InlineData("models/fastestdet/FastestDet.onnx")]
    public void Weights_in_half_precision(string path)
    {
        byte[] file = File.ReadAllBytes(SharedData.Require(path));
        Compare(HalfModel.HalfWeights(file), DataType.Float32);
        // They are widened before the passes look at them: the plan is that of the original.
        Assert.Equal(Kernels(OnnxReader.Read(file, "float")), Kernels(HalfModel.HalfWeights(file)));
    }

    [Fact]
    public void Nothing_is_rounded_between_layers()
    {
        byte[] file = File.ReadAllBytes(SharedData.Require("models/cifar_resnet/resnet20-12fca82f.onnx"));
        string[] whole = Kernels(OnnxReader.Read(file, "float")), half = Kernels(HalfModel.AllHalf(file));
        Assert.Equal(["cast_float16_float", .. whole, "cast_float_float16"], half);
    }

    private static void Compare(ModelProto proto, DataType type)
    {
        byte[] file = HalfModel.ToBytes(proto);
        using OnnxRuntimeSession oracle = OnnxRuntimeSession.Load(file, "half", new OnnxRuntimeOptions { Threads = 1 });
        using Model model = Model.Load(file, "half");
        Tensor[] inputs = [.. model.Inputs.Select(Random)];
        IReadOnlyList<Tensor> expected = oracle.Run(inputs);
        foreach (bool optimize in (bool[])[true, false])
        {
            using InferenceSession session = new(model, new SessionOptions { Optimize = optimize, Threads = 1 });
            IReadOnlyList<Tensor> actual = session.Run(inputs);
            for (int i = 0; i < expected.Count; i++)
            {
                Assert.Equal(type, actual[i].Type);
                double[] e = Numbers(expected[i]), a = Numbers(actual[i]);
                double range = Math.Max(e.Max() - e.Min(), 1e-3);
                for (int k = 0; k < e.Length; k++) Assert.True(Math.Abs(e[k] - a[k]) <= OfRange * range, $"output {i}: element {k} is {a[k]} instead of {e[k]}, of a range of {range}");
            }
        }
    }

    private static string[] Kernels(ModelProto proto)
    {
        using InferenceSession session = new(Model.FromProto(proto, "half"), new SessionOptions { Threads = 1 });
        Shape[] shapes = [.. session.Inputs.Select(i => i.ShapeWith(1))];
        return [.. session.Describe(shapes).Steps.Select(s => s.Kernel)];
    }

    private static Tensor Random(TensorInfo info)
    {
        Random random = new(1);
        Tensor t = Tensor.Create(info.Type, info.ShapeWith(1));
        for (int i = 0; i < t.Count; i++)
        {
            float v = random.NextSingle();
            if (t.Type == DataType.Float16) t.AsSpan<Half>()[i] = (Half)v;
            else t.AsSpan<float>()[i] = v;
        }

        return t;
    }

    private static double[] Numbers(Tensor t) => [.. Enumerable.Range(0, t.Count).Select(i => Operators.TensorAssert.At(t, i))];
}
