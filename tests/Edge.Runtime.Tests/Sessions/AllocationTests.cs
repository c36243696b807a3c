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
        // The process's other threads allocate now and then, for longer than some models run; a run that allocates does so every time.
        long least = long.MaxValue;
        for (int round = 0; round < 20 && least > 0; round++)
        {
            if (round > 0) Thread.Sleep(5);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < 4; i++) work();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
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

    [Fact]
    public void Branches_and_loops_allocate_nothing_while_shapes_stay_the_same()
    {
        var body = new OnnxGraphBuilder().Input("i", DataType.Int64).Input("go", DataType.Bool).Input("s", DataType.Float32, 2, 3)
            .Node("Identity", ["go"], ["more"]).Node("MatMul", ["s", "w"], ["p"]).Node("Tanh", ["p"], ["next"]).Node("Neg", ["next"], ["row"])
            .Output("more", DataType.Bool).Output("next", DataType.Float32, 2, 3).Output("row", DataType.Float32, 2, 3);
        var proto = new OnnxGraphBuilder().Input("m", DataType.Int64).Input("c", DataType.Bool).Input("x", DataType.Float32, 2, 3).Input("w", DataType.Float32, 3, 3)
            .Node("If", ["c"], ["start"],
                AttributeProto.Of("then_branch", new OnnxGraphBuilder().Node("Relu", ["x"], ["t"]).Output("t", DataType.Float32, 2, 3).BuildGraph()),
                AttributeProto.Of("else_branch", new OnnxGraphBuilder().Node("Neg", ["x"], ["e"]).Output("e", DataType.Float32, 2, 3).BuildGraph()))
            .Node("Loop", ["m", "", "start"], ["last", "rows"], AttributeProto.Of("body", body.BuildGraph()))
            .Node("ReduceSum", ["rows"], ["sum"]).Output("last").Output("sum").Build();
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        Tensor x = Ones(2, 3), w = Ones(3, 3), m = Tensor.Create<long>(new Shape(), [5]), yes = Tensor.Create<bool>(new Shape(), [true]), no = Tensor.Create<bool>(new Shape(), [false]);
        Assert.Equal(0, Allocated(() =>
        {
            session.Run(m, yes, x, w);
            session.Run(m, no, x, w);
        }));
    }

    [Fact]
    public void A_matrix_that_changes_from_run_to_run_behind_an_unknown_shape_allocates_nothing()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [2, 6]).Input("shape", DataType.Int64, [2]).Input("b", DataType.Float32, [4, 5])
            .Node("Reshape", ["x", "shape"], ["r"]).Node("MatMul", ["r", "b"], ["y"]).Output("y").Build();
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        Tensor x = Ones(2, 6), shape = Tensor.Create<long>(new Shape(2), [3, -1]), b = Ones(4, 5);
        bool right = true;
        Assert.Equal(0, Allocated(() =>
        {
            b.AsSpan<float>()[0]++;
            right &= session.Run(x, shape, b)[0].AsSpan<float>()[0] == b.AsSpan<float>()[0] + 3;
        }));
        Assert.True(right);
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
