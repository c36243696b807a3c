using Edge.Onnx;
using Edge.Runtime.Operators.Cast;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Movement;

public class CastOperatorTests
{
    private static readonly DataType[] Types =
    [
        DataType.Float32, DataType.Float64, DataType.Float16, DataType.UInt8, DataType.Int8, DataType.UInt16, DataType.Int16,
        DataType.UInt32, DataType.Int32, DataType.UInt64, DataType.Int64, DataType.Bool,
    ];

    public static IEnumerable<TheoryDataRow<DataType, DataType>> Pairs() => from a in Types from b in Types select new TheoryDataRow<DataType, DataType>(a, b);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Values_that_both_types_have_stay_the_same(DataType from, DataType to)
    {
        // 300 elements: more than a block.
        double[] values = [.. Enumerable.Range(0, 300).Select(i => (double)(i % (from == DataType.Bool ? 2 : 100)))];
        Tensor x = Make(from, values);
        new OperatorCase("Cast").Input(x).With(AttributeProto.Of("to", (long)to)).EverywhereWithOnnxRuntime();
    }

    [Fact]
    public void Integers_keep_their_low_bits() =>
        new OperatorCase("Cast").Input(Tensor.Create<int>(new Shape(4), [200, 300, -1, -129])).With(AttributeProto.Of("to", (long)DataType.Int8))
            .EverywhereWith([Tensor.Create<sbyte>(new Shape(4), [-56, 44, -1, 127])]);

    [Fact]
    public void Floating_point_numbers_become_integers_towards_zero_and_saturate() =>
        new OperatorCase("Cast").Input(Tensor.Create<float>(new Shape(6), [1.9f, -1.9f, 1e20f, -1e20f, float.NaN, 300])).With(AttributeProto.Of("to", (long)DataType.UInt8))
            .EverywhereWith([Tensor.Create<byte>(new Shape(6), [1, 0, 255, 0, 0, 255])]);

    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(1.00390625f, 0x3F80)]
    [InlineData(1.01171875f, 0x3F82)]
    [InlineData(float.PositiveInfinity, 0x7F80)]
    [InlineData(3.4e38f, 0x7F80)]
    [InlineData(float.NaN, 0xFFC0)]
    public unsafe void A_float32_rounds_to_the_nearest_even_bfloat16(float value, int bits)
    {
        ushort result;
        ElementCast.Find(DataType.Float32, DataType.BFloat16)(&value, &result, 1);
        Assert.Equal(bits, result);
        if (float.IsNaN(value)) return;
        float back;
        ElementCast.Find(DataType.BFloat16, DataType.Float32)(&result, &back, 1);
        Assert.Equal(BitConverter.UInt32BitsToSingle((uint)bits << 16), back);
    }

    [Fact]
    public void A_type_that_is_not_supported_is_refused() =>
        Assert.Equal("Cast 'Cast_0': a cast to Complex64 is not supported; supported: integers of 2 to 64 bits, floating-point numbers of 16 to 64, bool and string",
            new OperatorCase("Cast").Input(Draw.Scalar(1)).With(AttributeProto.Of("to", (long)ElementType.Complex64)).Refusal());

    private static unsafe Tensor Make(DataType type, double[] values)
    {
        Tensor t = Tensor.Create(type, new Shape(values.Length));
        fixed (double* p = values)
        {
            if (type == DataType.Float64) values.CopyTo(t.AsSpan<double>());
            else ElementCast.Find(DataType.Float64, type)(p, t.Data, values.Length);
        }

        return t;
    }
}
