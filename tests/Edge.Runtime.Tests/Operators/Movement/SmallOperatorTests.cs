using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Movement;

public sealed class SmallOperatorTests
{
    [Theory]
    [InlineData(11, 1)]
    [InlineData(11, -1)]
    [InlineData(13, 0)]
    [InlineData(13, 1)]
    [InlineData(13, -1)]
    public void Hardmax_chooses_the_first_of_the_greatest(int opset, long axis)
    {
        Draw draw = new(31);
        foreach (int[] dims in (int[][])[[3, 4, 5], [1, 1, 1], [2, 70, 3]])
            new OperatorCase("Hardmax", opset).Input(draw.Tensor(DataType.Float32, -3, 3, dims)).With(AttributeProto.Of("axis", axis)).EverywhereWithOnnxRuntime();
        new OperatorCase("Hardmax", 13).Input(Tensor.Create<double>(new Shape(4), [1, 3, 3, 2])).EverywhereWith([Tensor.Create<double>(new Shape(4), [0, 1, 0, 0])]);
    }

    [Theory]
    [InlineData("Softmax", 13, 1)]
    [InlineData("LogSoftmax", 13, -1)]
    [InlineData("Softmax", 11, 1)]
    public void Softmax_takes_double(string op, int opset, long axis)
    {
        Draw draw = new(32);
        foreach (int[] dims in (int[][])[[3, 4, 5], [2, 1, 300]])
            new OperatorCase(op, opset).Input(draw.Tensor(DataType.Float64, -30, 3, dims)).With(AttributeProto.Of("axis", axis)).EverywhereWithOnnxRuntime(1e-12, 1e-14);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void Running_products_may_be_exclusive_and_reverse(long exclusive, long reverse)
    {
        Tensor x = Tensor.Create<float>(new Shape(2, 3), [1, 2, 3, 4, 5, 6]);
        float[] expected = (exclusive, reverse) switch
        {
            (0, 0) => [1, 2, 6, 4, 20, 120],
            (1, 0) => [1, 1, 2, 1, 4, 20],
            (0, _) => [6, 6, 3, 120, 30, 6],
            _ => [6, 3, 1, 30, 6, 1],
        };
        new OperatorCase("CumProd", 26).Input(x).Constant(Tensor.Create<int>(Shape.Scalar, [-1])).With(AttributeProto.Of("exclusive", exclusive), AttributeProto.Of("reverse", reverse))
            .EverywhereWith([Tensor.Create<float>(x.Shape, expected)]);
    }

    [Fact]
    public void Bits_may_be_taken_as_another_type_of_the_same_size()
    {
        Tensor x = Tensor.Create<float>(new Shape(2), [1, -2]);
        new OperatorCase("BitCast", 26).Input(x).With(AttributeProto.Of("to", (long)DataType.UInt32)).EverywhereWith([Tensor.Create<uint>(new Shape(2), [0x3F800000, 0xC0000000])]);
        new OperatorCase("BitCast", 26).Input(Tensor.Create<Half>(new Shape(1), [(Half)1])).With(AttributeProto.Of("to", (long)DataType.Int16))
            .EverywhereWith([Tensor.Create<short>(new Shape(1), [0x3C00])]);
        Assert.Contains("float and double differ in size", new OperatorCase("BitCast", 26).Input(x).With(AttributeProto.Of("to", (long)DataType.Float64)).Refusal());
    }

    [Theory]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(13)]
    public void Dropout_gives_a_mask_that_drops_nothing(int opset)
    {
        Tensor x = new Draw(33).Float(3, 4);
        Tensor mask = opset < 10 ? Tensor.Create<float>(x.Shape) : Tensor.Create<bool>(x.Shape);
        if (opset < 10) mask.AsSpan<float>().Fill(1);
        else mask.AsSpan<bool>().Fill(true);
        new OperatorCase("Dropout", opset).Input(x).Outputs(2).EverywhereWith([x, mask]);
    }
}
