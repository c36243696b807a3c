using Edge.Onnx;
using Edge.Runtime.Tests.Operators.Movement;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Vision;

/// <summary>What float16 goes in comes out as float16: computed in float32, or moved as it is.</summary>
public class HalfTests
{
    [Fact]
    public void Operators_that_compute_round_what_float_gives()
    {
        var draw = new Draw(1);
        Tensor x = draw.Float(1, 3, 6, 7), grid = draw.Tensor(DataType.Float32, -1, 1, 1, 4, 5, 2), regions = draw.Tensor(DataType.Float32, 0, 6, 2, 4), of = Tensor.Create(DataType.Int64, new Shape(2));
        Tensor signal = draw.Float(2, 12, 1), matrices = draw.Float(3, 2, 2);
        Same(h => new OperatorCase("GridSample", 22).Input(h(x)).Input(h(grid)));
        Same(h => new OperatorCase("RoiAlign", 22).Input(h(x)).Input(h(regions)).Input(of));
        Same(h => new OperatorCase("DFT", 20).Input(h(signal)));
        Same(h => new OperatorCase("Det", 22).Input(h(matrices)));
        Same(h => new OperatorCase("Unique", 11).Input(h(Tensor.Create<float>(new Shape(4), [2, 1, 2, 0.5f]))));
    }

    [Fact]
    public void Operators_that_move_keep_the_bits()
    {
        Tensor x = new Draw(2).Float(3, 4);
        Same(h => new OperatorCase("ReverseSequence", 10).Input(h(x)).Input(Tensor.Create<long>(new Shape(4), [1, 2, 3, 2])));
        Same(h => new OperatorCase("CenterCropPad", 18).Input(h(x)).Constant(MovementOperatorTests.Longs([2, 6])));
        Same(h => new OperatorCase("MaxUnpool", 22).Input(h(new Draw(3).Float(1, 1, 2))).Input(Tensor.Create<long>(new Shape(1, 1, 2), [3, 0]))
            .With(AttributeProto.Of("kernel_shape", [2L]), AttributeProto.Of("strides", [2L])));
    }

    /// <summary>A case of half inputs gives the rounded results of the same case with those inputs as floats.</summary>
    private static void Same(Func<Func<Tensor, Tensor>, OperatorCase> make)
    {
        Tensor half = make(Narrow).OnEveryIsa()[0];
        Assert.Equal(DataType.Float16, half.Type);
        TensorAssert.SameBits(Narrow(make(t => Widen(Narrow(t))).OnEveryIsa()[0]), half, "float16");
    }

    private static Tensor Narrow(Tensor t) => Tensor.Create<Half>(t.Shape, Array.ConvertAll(t.AsSpan<float>().ToArray(), v => (Half)v));

    private static Tensor Widen(Tensor t) => Tensor.Create<float>(t.Shape, Array.ConvertAll(t.AsSpan<Half>().ToArray(), v => (float)v));
}
