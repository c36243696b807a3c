using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Sessions;

/// <summary>What counts is what all threads allocate, so nothing else may run meanwhile.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
[Collection("alone")]
public class AllocationTests
{
    private static Tensor Ones(params int[] dims)
    {
        var t = Tensor.Create<float>(new Shape(dims));
        t.AsSpan<float>().Fill(1);
        return t;
    }

    /// <summary>Bytes that all threads allocate while <paramref name="work"/> is done some times, after it was done thrice.</summary>
    internal static long Allocated(Action work)
    {
        for (int i = 0; i < 3; i++) work();
        // The runtime's own threads allocate now and then; a run that allocates does so every time.
        return Enumerable.Range(0, 3).Min(_ =>
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < 4; i++) work();
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_run_allocates_nothing_after_warming_up(int threads)
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 8, 33, 31])
            .Initializer("w", EngineComparison.Random(1, 16 * 8 * 9).AsSpan<float>().ToArray(), 16, 8, 3, 3)
            .Node("Conv", ["x", "w"], ["c"]).Node("Relu", ["c"], ["r"]).Node("Tanh", ["r"], ["t"]).Node("Add", ["t", "r"], ["a"]).Node("Softmax", ["a"], ["y"]).Output("y").Build();
        using var session = new InferenceSession(Model.FromProto(proto, "test"), new SessionOptions { Threads = threads });
        var x = EngineComparison.Random(2, 1, 8, 33, 31);
        Assert.Equal(0, Allocated(() => session.Run(x)));
    }

    [Fact]
    public void Changing_between_known_shapes_allocates_nothing_either()
    {
        var proto = new OnnxGraphBuilder().Input("a", DataType.Float32, "n", 3).Node("Relu", ["a"], ["y"]).Output("y").Build();
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        Tensor small = Ones(1, 3), large = Ones(9, 3);
        Assert.Equal(0, Allocated(() =>
        {
            session.Run(small);
            session.Run(large);
        }));
    }

    [Fact]
    public void Shapes_that_only_a_run_brings_allocate_nothing_while_they_stay_the_same()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [2, 6]).Input("shape", DataType.Int64, [2])
            .Node("Reshape", ["x", "shape"], ["r"]).Node("Relu", ["r"], ["y"]).Output("y").Build();
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        Tensor x = Ones(2, 6), shape = Tensor.Create<long>(new Shape(2), [3, -1]);
        Assert.Equal(new Shape(3, 4), session.Run(x, shape)[0].Shape);
        Assert.Equal(0, Allocated(() => session.Run(x, shape)));
        shape.AsSpan<long>()[0] = 6;
        Assert.Equal(new Shape(6, 2), session.Run(x, shape)[0].Shape);
    }

    /// <summary>Every model of the shared folder that is to run first, in fp32 and int8.</summary>
    [Theory]
    [InlineData("models/mlperf_tiny/ad01_fp32.onnx")]
    [InlineData("models/mlperf_tiny/kws_dscnn_fp32.onnx")]
    [InlineData("models/mlperf_tiny/ic_resnet8_fp32.onnx")]
    [InlineData("models/fastestdet/FastestDet.onnx")]
    [InlineData("models/ultraface/version-RFB-320.onnx")]
    [InlineData("models/yunet/yunet_n_320_320.onnx")]
    [InlineData("models-int8/mlperf_tiny/ic_resnet8_int8_qdq.onnx")]
    [InlineData("models-int8/mlperf_tiny/kws_dscnn_int8_qdq.onnx")]
    [InlineData("models-int8/imagenet_mobilenet/mobilenet_v1_0.25_128_uint8_qdq.onnx")]
    [InlineData("models-int8/qoperator_ort/mobilenet_v2_qoperator_ort.onnx")]
    public void Real_models_allocate_nothing(string path)
    {
        using var model = Model.Load(SharedData.Require(path));
        using var session = new InferenceSession(model);
        var x = Tensor.Create<float>(session.Inputs[0].ShapeWith(1));
        Assert.Equal(0, Allocated(() => session.Run(x)));
    }
}
