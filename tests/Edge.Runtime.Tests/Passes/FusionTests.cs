using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Passes;

public class FusionTests
{
    private static float[] Values(int count, int seed) => EngineComparison.Random(seed, count).AsSpan<float>().ToArray();

    private static IEnumerable<string> Operators(ModelProto proto)
    {
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        return [.. session.Describe().Steps.Select(s => s.OpType).Where(o => o != "Transpose")];
    }

    private static OnnxGraphBuilder Conv(int outChannels = 4, params AttributeProto[] attributes) =>
        new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 3, 6, 5])
            .Initializer("w", Values(outChannels * 3 * 9, 1), outChannels, 3, 3, 3).Initializer("b", Values(outChannels, 2), outChannels)
            .Node("Conv", ["x", "w", "b"], ["c"], attributes);

    private static readonly Tensor Input = EngineComparison.Random(9, 1, 3, 6, 5);

    [Fact]
    public void Batch_normalization_folds_into_the_convolution()
    {
        var proto = Conv().Initializer("s", Values(4, 3), 4).Initializer("o", Values(4, 4), 4).Initializer("m", Values(4, 5), 4)
            .Initializer("v", [0.5f, 1, 2, 3], 4)
            .Node("BatchNormalization", ["c", "s", "o", "m", "v"], ["y"], AttributeProto.Of("epsilon", 1e-3f)).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [Input]);
        Assert.Equal(["Conv"], Operators(proto));
    }

    [Theory]
    [InlineData("Mul")]
    [InlineData("Add")]
    [InlineData("Sub")]
    [InlineData("Div")]
    public void Arithmetic_with_one_constant_a_channel_folds_into_the_convolution(string op)
    {
        var proto = Conv().Initializer("k", [0.5f, -1, 2, 3], 4, 1, 1).Node(op, ["c", "k"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [Input]);
        Assert.Equal(["Conv"], Operators(proto));
    }

    [Theory]
    [InlineData(1, 0, "Mul", "Add")]
    [InlineData(2, 0, "Add", "Mul")]
    [InlineData(1, 1, "Mul", "Mul")]
    public void Arithmetic_before_a_convolution_folds_into_it(long group, long pad, string first, string second)
    {
        int channels = 4 / (int)group;
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 4, 6, 5]).Initializer("k", [0.5f, -1, 2, 3], 4, 1, 1).Initializer("l", [2f])
            .Node("Exp", ["x"], ["e"]).Node(first, ["e", "k"], ["a"]).Node(second, ["l", "a"], ["b"])
            .Initializer("w", Values(6 * channels * 9, 1), 6, channels, 3, 3).Initializer("c", Values(6, 2), 6)
            .Node("Conv", ["b", "w", "c"], ["y"], AttributeProto.Of("group", group), AttributeProto.Of("pads", [pad, pad, pad, pad])).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(9, 1, 4, 6, 5)]);
        Assert.Equal(["Exp", "Conv"], Operators(proto));
    }

    [Fact]
    public void An_addend_before_a_convolution_that_pads_stays()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 3, 6, 5]).Initializer("k", [0.5f, -1, 2], 3, 1, 1).Node("Add", ["x", "k"], ["a"])
            .Initializer("w", Values(4 * 3 * 9, 1), 4, 3, 3, 3).Node("Conv", ["a", "w"], ["y"], AttributeProto.Of("pads", [1L, 1, 1, 1])).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [Input]);
        Assert.Equal(["Add", "Conv"], Operators(proto));
    }

    [Fact]
    public void A_constant_minus_the_convolution_folds_too()
    {
        var proto = Conv().Initializer("k", [0.5f, -1, 2, 3], 1, 4, 1, 1).Node("Sub", ["k", "c"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [Input]);
        Assert.Equal(["Conv"], Operators(proto));
    }

    [Fact]
    public void A_constant_divided_by_the_convolution_stays()
    {
        var proto = Conv().Initializer("k", [0.5f, -1, 2, 3], 1, 4, 1, 1).Node("Add", ["c", "c"], ["d"]).Node("Div", ["k", "d"], ["y"]).Output("y").Build();
        Assert.Equal(["Conv", "Add", "Div"], Operators(proto));
    }

    [Fact]
    public void Arithmetic_along_another_axis_stays()
    {
        var proto = Conv().Initializer("k", [0.5f, -1, 2], 3).Node("Mul", ["c", "k"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [Input]);
        Assert.Equal(["Conv", "Mul"], Operators(proto));
    }

    [Theory]
    [InlineData("Relu")]
    [InlineData("LeakyRelu")]
    [InlineData("Sigmoid")]
    [InlineData("HardSigmoid")]
    [InlineData("HardSwish")]
    [InlineData("Tanh")]
    public void Activations_move_into_the_epilogue(string op)
    {
        var proto = Conv().Node(op, ["c"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [Input]);
        Assert.Equal(["Conv"], Operators(proto));
    }

    [Fact]
    public void Clip_moves_into_the_epilogue()
    {
        var proto = Conv().Initializer("lo", [0f]).Initializer("hi", [6f]).Node("Clip", ["c", "lo", "hi"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [Input]);
        Assert.Equal(["Conv"], Operators(proto));
    }

    [Fact]
    public void SiLU_written_out_moves_into_the_epilogue()
    {
        var proto = Conv().Node("Sigmoid", ["c"], ["g"]).Node("Mul", ["c", "g"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [Input]);
        Assert.Equal(["Conv"], Operators(proto));
    }

    [Fact]
    public void A_residual_sum_and_its_activation_become_part_of_the_later_convolution()
    {
        var proto = Conv(3, AttributeProto.Of("pads", [1L, 1, 1, 1])).Node("Relu", ["c"], ["r"])
            .Initializer("w2", Values(3 * 3, 5), 3, 3, 1, 1).Node("Conv", ["r", "w2"], ["d"])
            .Node("Add", ["x", "d"], ["s"]).Node("Relu", ["s"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [Input]);
        Assert.Equal(["Conv", "Conv"], Operators(proto));
    }

    [Fact]
    public void Of_two_convolutions_that_are_added_the_later_takes_the_sum()
    {
        var proto = Conv(3, AttributeProto.Of("pads", [1L, 1, 1, 1]))
            .Initializer("w2", Values(3 * 3, 5), 3, 3, 1, 1).Node("Conv", ["x", "w2"], ["d"])
            .Node("Add", ["c", "d"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [Input]);
        Assert.Equal(["Conv", "Conv"], Operators(proto));
    }

    [Fact]
    public void A_convolution_that_others_read_keeps_its_own_output()
    {
        var proto = Conv().Node("Relu", ["c"], ["y"]).Output("y").Output("c").Build();
        EngineComparison.AssertAgrees(proto, [Input]);
        Assert.Equal(["Conv", "Relu"], Operators(proto));
    }

    [Fact]
    public void Zero_padding_before_a_convolution_becomes_its_own()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 3, 6, 5])
            .Initializer("p", [0L, 0, 1, 2, 0, 0, 2, 1], 8).Node("Pad", ["x", "p"], ["q"])
            .Initializer("w", Values(4 * 3 * 9, 1), 4, 3, 3, 3).Node("Conv", ["q", "w"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [Input]);
        Assert.Equal(["Conv"], Operators(proto));
    }

    [Fact]
    public void Padding_with_another_value_stays()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 3, 6, 5])
            .Initializer("p", [0L, 0, 1, 2, 0, 0, 2, 1], 8).Initializer("one", [1f]).Node("Pad", ["x", "p", "one"], ["q"])
            .Initializer("w", Values(4 * 3 * 9, 1), 4, 3, 3, 3).Node("Conv", ["q", "w"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [Input]);
        Assert.Equal(["Pad", "Conv"], Operators(proto));
    }

    [Fact]
    public void A_bias_behind_a_product_and_its_activation_move_into_the_product()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [2, 3, 8]).Initializer("w", Values(8 * 5, 1), 8, 5).Initializer("b", Values(5, 2), 5)
            .Node("MatMul", ["x", "w"], ["m"]).Node("Add", ["b", "m"], ["a"]).Node("Relu", ["a"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(4, 2, 3, 8)]);
        Assert.Equal(["MatMul"], Operators(proto));
    }

    [Theory]
    [InlineData("Mul")]
    [InlineData("Sub")]
    [InlineData("Div")]
    public void Arithmetic_with_one_constant_a_column_folds_into_the_product(string op)
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [2, 3, 8]).Initializer("w", Values(8 * 4, 1), 8, 4).Initializer("b", Values(4, 2), 4)
            .Initializer("k", [0.5f, -1, 2, 3], 4)
            .Node("MatMul", ["x", "w"], ["m"]).Node("Add", ["m", "b"], ["a"]).Node(op, ["a", "k"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(4, 2, 3, 8)]);
        Assert.Equal(["MatMul"], Operators(proto));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    public void Batch_normalization_folds_into_the_product(long transposed, bool addend)
    {
        long[] shape = transposed == 1 ? [4, 8] : [8, 4];
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [3, 8]).Initializer("w", Values(8 * 4, 1), shape).Initializer("b", Values(4, 2), 1, 4)
            .Initializer("s", Values(4, 3), 4).Initializer("o", Values(4, 4), 4).Initializer("m", Values(4, 5), 4).Initializer("v", [0.5f, 1, 2, 3], 4)
            .Node("Gemm", addend ? ["x", "w", "b"] : ["x", "w"], ["g"], AttributeProto.Of("transB", transposed), AttributeProto.Of("alpha", 0.7f), AttributeProto.Of("beta", 0.3f))
            .Node("BatchNormalization", ["g", "s", "o", "m", "v"], ["n"]).Node("Relu", ["n"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(4, 3, 8)]);
        Assert.Equal(["Gemm"], Operators(proto));
    }

    [Fact]
    public void An_addend_that_differs_by_row_keeps_what_follows_apart()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [3, 8]).Initializer("w", Values(8 * 4, 1), 8, 4).Initializer("c", Values(3, 2), 3, 1)
            .Initializer("k", Values(4, 3), 4).Node("Gemm", ["x", "w", "c"], ["g"]).Node("Mul", ["g", "k"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(4, 3, 8)]);
        Assert.Equal(["Gemm", "Mul"], Operators(proto));
    }

    [Fact]
    public void Weights_that_a_run_brings_take_no_constants()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [3, 8]).Input("w", DataType.Float32, [8, 4]).Initializer("k", Values(4, 3), 4)
            .Node("MatMul", ["x", "w"], ["m"]).Node("Add", ["m", "k"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(4, 3, 8), EngineComparison.Random(5, 8, 4)]);
        Assert.Equal(["MatMul", "Add"], Operators(proto));
    }

    [Theory]
    [InlineData("b", "Relu")]
    [InlineData("", "HardSwish")]
    public void A_residual_sum_behind_a_product_becomes_part_of_it(string bias, string activation)
    {
        var g = new OnnxGraphBuilder().Input("x", DataType.Float32, [2, 3, 8]).Initializer("w", Values(8 * 8, 1), 8, 8).Initializer("b", Values(8, 2), 8)
            .Node("Tanh", ["x"], ["t"]).Node("MatMul", ["t", "w"], ["m"]);
        if (bias.Length > 0) g.Node("Add", ["m", bias], ["n"]);
        var proto = g.Node("Add", ["x", bias.Length > 0 ? "n" : "m"], ["s"]).Node("Neg", ["s"], ["z"]).Node("Exp", ["z"], ["e"])
            .Node(activation, ["e"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(4, 2, 3, 8)]);
        Assert.Equal(["Tanh", "MatMul", "Neg", "Exp", activation], Operators(proto));
    }

    [Fact]
    public void A_sum_behind_a_product_that_others_read_stays()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [3, 8]).Initializer("w", Values(8 * 8, 1), 8, 8)
            .Node("MatMul", ["x", "w"], ["m"]).Node("Add", ["x", "m"], ["y"]).Output("y").Output("m").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(4, 3, 8)]);
        Assert.Equal(["MatMul", "Add"], Operators(proto));
    }

    [Fact]
    public void Shape_arithmetic_disappears()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [2, 3, 4]).Initializer("zero", [0L], 1).Initializer("minus", [-1L], 1)
            .Node("Shape", ["x"], ["s"]).Node("Gather", ["s", "zero"], ["n"], AttributeProto.Of("axis", 0L))
            .Node("Concat", ["n", "minus"], ["t"], AttributeProto.Of("axis", 0L)).Node("Reshape", ["x", "t"], ["r"]).Node("Relu", ["r"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(4, 2, 3, 4)]);
        Assert.Equal(["Relu"], Operators(proto));
    }
}
