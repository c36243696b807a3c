using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Dense;

public class ConvOperatorTests
{
    private const double Close = 2e-5;

    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 60)]
    public void A_random_convolution_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        ConvCase c = ConvCase.Random(draw);
        OperatorCase test = new OperatorCase("Conv").Input(draw.Tensor(DataType.Float32, -1, 1, c.Input));
        Tensor w = draw.Tensor(DataType.Float32, -1, 1, c.Weights);
        test = draw.Int(0, 3) > 0 ? test.Constant(w) : test.Input(w);
        Tensor bias = draw.Tensor(DataType.Float32, -1, 1, c.Weights[0]);
        int kind = draw.Int(0, 3);
        test = kind == 0 ? test : kind == 1 ? test.Input(bias) : test.Constant(bias);
        test.With(c.Attributes).EverywhereWithOnnxRuntime(Close, Close * c.Taps);
    }

    [Theory]
    [MemberData(nameof(Seeds), 40)]
    public void A_random_transposed_convolution_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        ConvCase c = ConvCase.RandomTransposed(draw);
        OperatorCase test = new OperatorCase("ConvTranspose").Input(draw.Tensor(DataType.Float32, -1, 1, c.Input));
        Tensor w = draw.Tensor(DataType.Float32, -1, 1, c.Weights);
        test = draw.Int(0, 2) > 0 ? test.Constant(w) : test.Input(w);
        if (draw.Int(0, 1) == 1) test = test.Constant(draw.Tensor(DataType.Float32, -1, 1, c.Weights[1] * c.Group));
        test.With(c.Attributes).EverywhereWithOnnxRuntime(Close, Close * c.Taps);
    }

    [Theory]
    [InlineData("NOTSET", 1)]
    [InlineData("SAME_UPPER", 1)]
    [InlineData("SAME_LOWER", 1)]
    [InlineData("VALID", 1)]
    [InlineData("NOTSET", 4)]
    public void Volumes_are_convolved_channels_last_behind_each_other_with_bias_sum_and_activation(string pad, long group)
    {
        var draw = new Draw(51);
        long[] three = [3, 3, 3], two = [2, 2, 2];
        var b = new OnnxGraphBuilder().Input("x", DataType.Float32, [2, 4, 7, 6, 5]);
        void Weights(string name, params int[] dims) => b.Initializer(name, draw.Tensor(DataType.Float32, -1, 1, dims).AsSpan<float>().ToArray(), [.. dims.Select(d => (long)d)]);
        Weights("w1", 8, (int)(4 / group), 3, 3, 3);
        Weights("b1", 8);
        Weights("w2", 8, 8, 1, 1, 1);
        Weights("w3", 8, 8, 3, 1, 2);
        Weights("wt", 8, 3, 2, 2, 2);
        b.Node("Conv", ["x", "w1", "b1"], ["c1"], AttributeProto.Of("auto_pad", pad), AttributeProto.Of("group", group), AttributeProto.Of("strides", [2L, 1L, 1L]))
            .Node("Relu", ["c1"], ["r1"]).Node("Conv", ["r1", "w2"], ["c2"]).Node("Add", ["c2", "r1"], ["a"]).Node("Sigmoid", ["a"], ["s"])
            .Node("Conv", ["s", "w3"], ["c3"], AttributeProto.Of("pads", [2L, 0L, 1L, 1L, 0L, 0L])).Node("MaxPool", ["c3"], ["p"], AttributeProto.Of("kernel_shape", two))
            .Node("ConvTranspose", ["p", "wt"], ["y"], AttributeProto.Of("strides", two), AttributeProto.Of("kernel_shape", two)).Output("y");
        Sessions.EngineComparison.AssertAgrees(b.Build(), [draw.Tensor(DataType.Float32, -1, 1, 2, 4, 7, 6, 5)], 1e-4);
    }

    [Fact]
    public void A_picture_of_another_batch_size_has_no_elements() =>
        new OperatorCase("Conv").Input(Tensor.Create<float>(new Shape(0, 3, 5, 5))).Constant(Tensor.Create<float>(new Shape(4, 3, 3, 3)))
            .EverywhereWith([Tensor.Create<float>(new Shape(0, 4, 3, 3))]);

    [Theory]
    [InlineData("four dimensions", "Conv 'Conv_0': input [1,2,4,4,4,4] of rank 6 is not supported; supported: rank 3 (one-dimensional) to 5 (three-dimensional)")]
    [InlineData("channels", "Conv 'Conv_0': weights [4,3,3,3] and group 1 do not fit an input of 2 channels")]
    [InlineData("kernel", "Conv 'Conv_0': kernel_shape [5,5] differs from the weights [4,2,3,3]")]
    [InlineData("reach", "Conv 'Conv_0': the kernel reaches over 7 elements, more than the 6 of padded spatial axis 0")]
    [InlineData("auto_pad", "Conv 'Conv_0': auto_pad 'SAME' is not supported; supported: NOTSET, SAME_UPPER, SAME_LOWER, VALID")]
    [InlineData("both", "Conv 'Conv_0': pads [1,1,1,1] contradict auto_pad; give one of them")]
    [InlineData("strides", "Conv 'Conv_0': strides [0,1] must hold 2 positive numbers")]
    [InlineData("bias", "Conv 'Conv_0': bias [3] must be [4]")]
    [InlineData("type", "Conv 'Conv_0': input 0 'x0' of type double is not supported; supported: float")]
    [InlineData("unknown", "Conv 'Conv_0': attribute 'flavour' is not supported")]
    public void What_is_not_supported_is_refused_with_its_reason(string fault, string message)
    {
        Tensor x = Tensor.Create(fault == "type" ? DataType.Float64 : DataType.Float32, fault == "four dimensions" ? new Shape(1, 2, 4, 4, 4, 4) : new Shape(1, 2, 6, 6));
        Tensor w = Tensor.Create<float>(fault == "four dimensions" ? new Shape(4, 2, 3, 3, 3, 3) : new Shape(4, fault == "channels" ? 3 : 2, 3, 3));
        OperatorCase test = new OperatorCase("Conv").Input(x).Constant(w);
        if (fault == "bias") test.Constant(Tensor.Create<float>(new Shape(3)));
        AttributeProto[] attributes = fault switch
        {
            "kernel" => [AttributeProto.Of("kernel_shape", [5L, 5L])],
            "reach" => [AttributeProto.Of("dilations", [3L, 3L])],
            "auto_pad" => [AttributeProto.Of("auto_pad", "SAME")],
            "both" => [AttributeProto.Of("auto_pad", "SAME_UPPER"), AttributeProto.Of("pads", [1L, 1L, 1L, 1L])],
            "strides" => [AttributeProto.Of("strides", [0L, 1L])],
            "unknown" => [AttributeProto.Of("flavour", 1L)],
            _ => [],
        };
        Assert.Equal(message, test.With(attributes).Refusal());
    }
}
