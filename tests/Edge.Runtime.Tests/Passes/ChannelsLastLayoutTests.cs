using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Passes;

public class ChannelsLastLayoutTests
{
    private static float[] Weights(int count, int seed) => EngineComparison.Random(seed, count).AsSpan<float>().ToArray();

    [Fact]
    public void A_chain_of_convolutions_is_transposed_once_in_and_once_out()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 3, 9, 7])
            .Initializer("w1", Weights(8 * 3 * 9, 1), 8, 3, 3, 3).Initializer("w2", Weights(5 * 8, 2), 5, 8, 1, 1)
            .Node("Conv", ["x", "w1"], ["a"], AttributeProto.Of("pads", [1L, 1, 1, 1]))
            .Node("Conv", ["a", "w2"], ["y"], AttributeProto.Of("strides", [2L, 2]))
            .Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(3, 1, 3, 9, 7)]);

        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        Assert.Equal(["Transpose", "Conv", "Conv", "Transpose"], session.Describe().Steps.Select(s => s.OpType));
    }

    [Fact]
    public void Transposes_that_a_model_brings_along_cancel_out()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 9, 7, 3])
            .Initializer("w1", Weights(8 * 3 * 9, 1), 8, 3, 3, 3)
            .Node("Transpose", ["x"], ["t"], AttributeProto.Of("perm", [0L, 3, 1, 2]))
            .Node("Conv", ["t", "w1"], ["a"])
            .Node("Transpose", ["a"], ["y"], AttributeProto.Of("perm", [0L, 2, 3, 1]))
            .Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(3, 1, 9, 7, 3)]);

        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        Assert.DoesNotContain("Transpose", session.Describe().Steps.Select(s => s.OpType));
    }

    [Fact]
    public void A_layout_that_two_readers_want_differently_is_made_for_each()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [2, 3, 5, 5])
            .Initializer("w1", Weights(4 * 3, 1), 4, 3, 1, 1).Initializer("shape", [2L, -1], 2)
            .Node("Conv", ["x", "w1"], ["a"])
            .Node("Conv", ["a", "w2"], ["b"]).Initializer("w2", Weights(4 * 4, 2), 4, 4, 1, 1)
            .Node("Reshape", ["a", "shape"], ["r"])
            .Node("Concat", ["a", "b"], ["y"], AttributeProto.Of("axis", 1L))
            .Output("r").Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(3, 2, 3, 5, 5)]);
    }

    [Fact]
    public void Dynamic_quantization_and_its_scales_pass_the_layout_on()
    {
        var weights = new byte[4 * 3];
        new Random(1).NextBytes(weights);
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 6, 5, 3]).Initializer("w", weights, 4, 3, 1, 1).Initializer("z", [(byte)120])
            .Initializer("s", [0.02f])
            .Node("Transpose", ["x"], ["t"], AttributeProto.Of("perm", [0L, 3, 1, 2]))
            .Node("MaxPool", ["t"], ["p"], AttributeProto.Of("kernel_shape", [2L, 2]))
            .Node("DynamicQuantizeLinear", ["p"], ["q", "qs", "qz"])
            .Node("ConvInteger", ["q", "w", "qz", "z"], ["i"]).Node("Cast", ["i"], ["f"], AttributeProto.Of("to", (long)DataType.Float32))
            .Node("Mul", ["qs", "s"], ["scale"]).Node("Mul", ["f", "scale"], ["m"])
            .Node("Transpose", ["m"], ["y"], AttributeProto.Of("perm", [0L, 2, 3, 1])).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(3, 1, 6, 5, 3)]);

        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        Assert.Equal(["MaxPool", "DynamicQuantizeLinear", "ConvInteger", "Mul", "ScaleAccumulators"], session.Describe().Steps.Select(s => s.OpType));
    }
}
