using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Dense;

/// <summary>What ONNX Runtime's optimizer makes of convolutions and products, and products of other types than float32.</summary>
public sealed class ContributedDenseTests
{
    [Theory]
    [InlineData("Relu", null)]
    [InlineData("Sigmoid", null)]
    [InlineData("Tanh", null)]
    [InlineData("LeakyRelu", new[] { 0.2f })]
    [InlineData("Clip", new[] { -0.5f, 0.5f })]
    [InlineData("HardSigmoid", new[] { 0.3f, 0.4f })]
    public void A_fused_convolution_activates_after_the_sum(string activation, float[]? parameters)
    {
        foreach (bool constant in (bool[])[true, false])
        {
            foreach (bool sum in (bool[])[true, false])
            {
                var draw = new Draw(61);
                OperatorCase test = new OperatorCase("FusedConv", 1, "com.microsoft").Input(draw.Float(2, 3, 6, 5));
                Tensor w = draw.Tensor(DataType.Float32, -1, 1, 8, 3, 3, 3), b = draw.Tensor(DataType.Float32, -1, 1, 8);
                _ = constant ? test.Constant(w).Constant(b) : test.Input(w).Input(b);
                if (sum) test.Input(draw.Float(2, 8, 6, 5));
                test.With(AttributeProto.Of("pads", [1L, 1L, 1L, 1L]), AttributeProto.Of("activation", activation));
                if (parameters is not null) test.With(AttributeProto.Of("activation_params", parameters));
                test.EverywhereWithOnnxRuntime(2e-5, 2e-4);
            }
        }
    }

    [Theory]
    [InlineData("Relu", null)]
    [InlineData("Sigmoid", null)]
    [InlineData("Tanh", null)]
    [InlineData("LeakyRelu", 0.2f)]
    public void A_fused_product_activates_last(string activation, float? alpha)
    {
        foreach (bool constant in (bool[])[true, false])
        {
            var draw = new Draw(62);
            OperatorCase test = new OperatorCase("FusedGemm", 1, "com.microsoft").Input(draw.Float(5, 7));
            Tensor b = draw.Float(9, 7), c = draw.Float(9);
            _ = constant ? test.Constant(b).Constant(c) : test.Input(b).Input(c);
            test.With(AttributeProto.Of("transB", 1L), AttributeProto.Of("alpha", 0.5f), AttributeProto.Of("beta", 2f), AttributeProto.Of("activation", activation));
            if (alpha is { } a) test.With(AttributeProto.Of("activation_alpha", a));
            test.EverywhereWithOnnxRuntime(2e-5, 2e-4);
        }
    }

    [Fact]
    public void An_activation_that_is_not_supported_is_refused() =>
        Assert.Contains("activation 'Elu' is not supported; supported: Relu, Sigmoid, Tanh, LeakyRelu, HardSigmoid, Clip",
            new OperatorCase("FusedConv", 1, "com.microsoft").Input(Tensor.Create<float>(new Shape(1, 1, 2, 2))).Constant(Tensor.Create<float>(new Shape(1, 1, 1, 1)))
                .With(AttributeProto.Of("activation", "Elu")).Refusal());

    [Theory]
    [InlineData(0, 0, new[] { 5, 4 })]
    [InlineData(1, 0, new[] { 4 })]
    [InlineData(0, 1, new[] { 5, 1 })]
    [InlineData(1, 1, new int[0])]
    [InlineData(0, 0, null)]
    public void A_product_of_doubles_transposes_and_adds(long transA, long transB, int[]? c)
    {
        var draw = new Draw(63);
        OperatorCase test = new OperatorCase("Gemm", 13)
            .Input(transA == 1 ? draw.Tensor(DataType.Float64, -2, 2, 3, 5) : draw.Tensor(DataType.Float64, -2, 2, 5, 3))
            .Input(transB == 1 ? draw.Tensor(DataType.Float64, -2, 2, 4, 3) : draw.Tensor(DataType.Float64, -2, 2, 3, 4));
        if (c is not null) test.Constant(draw.Tensor(DataType.Float64, -2, 2, c));
        test.With(AttributeProto.Of("transA", transA), AttributeProto.Of("transB", transB), AttributeProto.Of("alpha", 0.5f), AttributeProto.Of("beta", 1.5f))
            .EverywhereWithOnnxRuntime(1e-12, 1e-12);
    }

    [Fact]
    public void A_product_of_integers_takes_whole_factors()
    {
        Tensor a = Tensor.Create<int>(new Shape(1, 2), [3, 4]), b = Tensor.Create<int>(new Shape(2, 2), [1, 2, 3, 4]), c = Tensor.Create<int>(new Shape(2), [10, 20]);
        OperatorCase Gemm() => new OperatorCase("Gemm", 13).Input(a).Constant(b).Constant(c);
        Gemm().With(AttributeProto.Of("alpha", 2f), AttributeProto.Of("beta", -1f)).EverywhereWith([Tensor.Create<int>(new Shape(1, 2), [20, 24])]);
        Assert.Contains("alpha 0.5 and beta 1 are not supported with int32; supported: whole numbers", Gemm().With(AttributeProto.Of("alpha", 0.5f)).Refusal());
    }

    [Theory]
    [InlineData(DataType.Int16)]
    [InlineData(DataType.UInt16)]
    [InlineData(DataType.UInt8)]
    public void Extremes_and_scattered_sums_take_every_integer(DataType type)
    {
        Tensor x = Small(type, 3, 7, 7, 1);
        new OperatorCase("ArgMax", 13).Input(x).With(AttributeProto.Of("axis", 0L), AttributeProto.Of("keepdims", 0L)).EverywhereWith([Tensor.Create<long>(Shape.Scalar, [1])]);
        new OperatorCase("ScatterElements", 18).Input(x).Constant(Tensor.Create<long>(new Shape(2), [0, 0])).Input(Small(type, 2, 5)).With(AttributeProto.Of("reduction", "add"))
            .EverywhereWith([Small(type, 10, 7, 7, 1)]);
    }

    private static Tensor Small(DataType type, params byte[] values)
    {
        Tensor t = Tensor.Create(type, new Shape(values.Length));
        for (int i = 0; i < values.Length; i++) t.Bytes[i * type.Size()] = values[i];
        return t;
    }
}
