using Xunit;

namespace Edge.Onnx.Tests;

/// <summary>The elements of a tensor as bytes, from each field that may hold them.</summary>
public sealed class TensorBytesTests
{
    [Fact]
    public void Raw_data_are_returned_without_a_copy()
    {
        byte[] raw = [1, 2, 3, 4, 5, 6];
        TensorProto tensor = Tensor(ElementType.Int16, 3);
        tensor.RawData = raw;

        ReadOnlyMemory<byte> bytes = tensor.GetBytes();

        Assert.True(bytes.Span.Overlaps(raw) && bytes.Length == 6);
    }

    public static TheoryData<ElementType, int[], string> Int32Storage() => new()
    {
        { ElementType.Int32, [1, -2], "01000000FEFFFFFF" },
        { ElementType.Int16, [1, -2], "0100FEFF" },
        { ElementType.UInt16, [1, 65534], "0100FEFF" },
        { ElementType.Int8, [-128, 127], "807F" },
        { ElementType.UInt8, [0, 255], "00FF" },
        { ElementType.Bool, [0, 1, 7, -1, int.MinValue], "0001010101" },
        { ElementType.Float16, [0x3C00, 0xBC00], "003C00BC" },
        { ElementType.BFloat16, [0x3F80, -16512], "803F80BF" },
        { ElementType.Float8E4M3FN, [0x38, 0xB8], "38B8" },
        { ElementType.Float8E8M0, [0x7F], "7F" },
    };

    [Theory]
    [MemberData(nameof(Int32Storage))]
    public void Narrow_elements_come_from_int32_data(ElementType type, int[] values, string hex)
    {
        TensorProto tensor = Tensor(type, values.Length);
        tensor.Int32Data = [.. values];

        Assert.Equal(hex, Convert.ToHexString(tensor.GetBytes().Span));
    }

    [Theory]
    [InlineData(ElementType.Int4, 3, new[] { 0x21, 0x03 }, "2103")]
    [InlineData(ElementType.UInt4, 4, new[] { 0x21, 0xF3 }, "21F3")]
    [InlineData(ElementType.Float4E2M1, 1, new[] { 0x02 }, "02")]
    [InlineData(ElementType.UInt2, 5, new[] { 0xE4, 0x01 }, "E401")]
    public void Elements_of_less_than_a_byte_stay_packed(ElementType type, long count, int[] values, string hex)
    {
        TensorProto tensor = Tensor(type, count);
        tensor.Int32Data = [.. values];
        TensorProto raw = Tensor(type, count);
        raw.RawData = Convert.FromHexString(hex);

        Assert.Equal(hex, Convert.ToHexString(tensor.GetBytes().Span));
        Assert.Equal(hex, Convert.ToHexString(raw.GetBytes().Span));
    }

    [Fact]
    public void Wide_elements_come_from_their_own_fields()
    {
        TensorProto floats = Tensor(ElementType.Float, 2);
        floats.FloatData = [1f, float.NaN];
        TensorProto complex = Tensor(ElementType.Complex64, 1);
        complex.FloatData = [1f, -1f];
        TensorProto doubles = Tensor(ElementType.Double, 1);
        doubles.DoubleData = [1.0];
        TensorProto longs = Tensor(ElementType.Int64, 2);
        longs.Int64Data = [-1, 2];
        TensorProto unsigned = Tensor(ElementType.UInt32, 1);
        unsigned.UInt64Data = [uint.MaxValue];
        TensorProto wide = Tensor(ElementType.UInt64, 1);
        wide.UInt64Data = [ulong.MaxValue - 1];

        Assert.Equal([.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(float.NaN)], floats.GetBytes().ToArray());
        Assert.Equal("0000803F000080BF", Convert.ToHexString(complex.GetBytes().Span));
        Assert.Equal("000000000000F03F", Convert.ToHexString(doubles.GetBytes().Span));
        Assert.Equal("FFFFFFFFFFFFFFFF0200000000000000", Convert.ToHexString(longs.GetBytes().Span));
        Assert.Equal("FFFFFFFF", Convert.ToHexString(unsigned.GetBytes().Span));
        Assert.Equal("FEFFFFFFFFFFFFFF", Convert.ToHexString(wide.GetBytes().Span));
    }

    [Fact]
    public void A_scalar_has_one_element_and_an_empty_tensor_none()
    {
        TensorProto scalar = Tensor(ElementType.Int64);
        scalar.Int64Data = [5];
        TensorProto empty = Tensor(ElementType.Float, 3, 0, long.MaxValue);

        Assert.Equal(8, scalar.GetBytes().Length);
        Assert.Equal(0, empty.GetBytes().Length);
    }

    public static TheoryData<string, TensorProto> Unsound() => new()
    {
        { "raw_data has 5 bytes, the shape needs 8", With(Tensor(ElementType.Float, 2), t => t.RawData = new byte[5]) },
        { "raw_data has 0 bytes, the shape needs 8", Tensor(ElementType.Float, 2) },
        { "float_data has 3 entries, the shape needs 2", With(Tensor(ElementType.Float, 2), t => t.FloatData = [1, 2, 3]) },
        { "int32_data has 1 entries, the shape needs 4,611,686,018,427", With(Tensor(ElementType.UInt8, 4_611_686_018_427), t => t.Int32Data = [1]) },
        { "its elements are in int32_data instead of float_data or raw_data", With(Tensor(ElementType.Float, 1), t => t.Int32Data = [1]) },
        { "its elements are both in raw_data and in float_data", With(Tensor(ElementType.Float, 1), t => { t.RawData = new byte[4]; t.FloatData = [1]; }) },
        { "its elements are both in float_data and in int64_data", With(Tensor(ElementType.Float, 1), t => { t.Int64Data = [1]; t.FloatData = [1]; }) },
        { "int32_data[1] is 256, which does not fit the type", With(Tensor(ElementType.UInt8, 2), t => t.Int32Data = [1, 256]) },
        { "int32_data[0] is -32769, which does not fit the type", With(Tensor(ElementType.Float16, 1), t => t.Int32Data = [-32769]) },
        { "uint64_data[0] is 4294967296, which does not fit the type", With(Tensor(ElementType.UInt32, 1), t => t.UInt64Data = [1UL << 32]) },
        { "a dimension is negative", With(Tensor(ElementType.Float, -1, 0), t => t.FloatData = [1]) },
        { "the shape has more elements than any file can hold", Tensor(ElementType.UInt8, long.MaxValue, 2) },
        { "the shape has more elements than any file can hold", Tensor(ElementType.UInt8, 1L << 32, 1L << 32, 1L << 32) },
        { "elements of type string have no fixed size", With(Tensor(ElementType.String, 1), t => t.StringData = ["x"u8.ToArray()]) },
        { "elements of type element type 99 have no fixed size", Tensor((ElementType)99, 1) },
        { "its elements are in an external file: open the model with OnnxFile", With(Tensor(ElementType.Float, 1), t => t.DataLocation = DataLocation.External) },
        { "a tensor that is cut in segments is not supported", With(Tensor(ElementType.Float, 1), t => t.Segment = new TensorSegmentProto()) },
    };

    [Theory]
    [MemberData(nameof(Unsound), DisableDiscoveryEnumeration = true)]
    public void Elements_that_do_not_match_shape_and_type_are_refused(string problem, TensorProto tensor)
    {
        ModelException error = Assert.Throws<ModelException>(() => tensor.GetBytes());

        Assert.StartsWith("tensor 'w' (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("): " + problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_element_type_has_a_size_or_is_not_numeric()
    {
        foreach (ElementType type in Enum.GetValues<ElementType>())
            Assert.Equal(type is ElementType.Undefined or ElementType.String, type.Bits() == 0);
    }

    private static TensorProto Tensor(ElementType type, params long[] dims) => new() { Name = "w", DataType = (int)type, Dims = [.. dims] };

    private static TensorProto With(TensorProto tensor, Action<TensorProto> change)
    {
        change(tensor);
        return tensor;
    }
}
