using Edge.Onnx;
using Edge.Runtime.Tests.Operators.Movement;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Vision;

public class RearrangingOperatorTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 30)]
    public void A_random_Col2Im_agrees_with_its_definition_and_in_two_dimensions_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int axes = draw.Int(1, 3);
        long[] image = new long[axes], block = new long[axes], strides = new long[axes], dilations = new long[axes], pads = new long[2 * axes];
        int places = 1, elements = 1;
        for (int a = 0; a < axes; a++)
        {
            (block[a], strides[a], dilations[a], pads[a], pads[a + axes]) = (draw.Int(1, 3), draw.Int(1, 3), draw.Int(1, 2), draw.Int(0, 2), draw.Int(0, 2));
            image[a] = (block[a] - 1) * dilations[a] + draw.Int(1, 5);
            places *= (int)((image[a] + pads[a] + pads[a + axes] - (block[a] - 1) * dilations[a] - 1) / strides[a] + 1);
            elements *= (int)block[a];
        }

        Tensor x = draw.Float(draw.Int(1, 2), draw.Int(1, 3) * elements, places);
        OperatorCase test = new OperatorCase("Col2Im", 18).Input(x)
            .Constant(MovementOperatorTests.Longs(image)).Constant(MovementOperatorTests.Longs(block))
            .With(AttributeProto.Of("strides", strides), AttributeProto.Of("dilations", dilations), AttributeProto.Of("pads", pads));
        test.EverywhereWith([Definition(x, image, block, strides, dilations, pads)], 1e-6, 1e-5);
        // In one and in three dimensions ONNX Runtime 1.31 returns something else.
        if (axes == 2) test.EverywhereWithOnnxRuntime(1e-6, 1e-5);
    }

    /// <summary>Every element of every block added where it lies, coordinate by coordinate.</summary>
    private static Tensor Definition(Tensor x, long[] image, long[] block, long[] strides, long[] dilations, long[] pads)
    {
        int axes = image.Length, extent = (int)image.Aggregate((a, b) => a * b), elements = (int)block.Aggregate((a, b) => a * b);
        long[] places = [.. Enumerable.Range(0, axes).Select(a => (image[a] + pads[a] + pads[a + axes] - (block[a] - 1) * dilations[a] - 1) / strides[a] + 1)];
        Tensor y = Tensor.Create(DataType.Float32, new Shape([x.Shape[0], x.Shape[1] / elements, .. image.Select(d => (int)d)]));
        for (int i = 0; i < x.Count; i++)
        {
            long place = i % x.Shape[2], rest = i / x.Shape[2], picture = rest / elements, element = rest % elements, offset = 0, stride = 1;
            bool inside = true;
            for (int a = axes - 1; a >= 0; a--)
            {
                long at = place % places[a] * strides[a] + element % block[a] * dilations[a] - pads[a];
                inside &= at >= 0 && at < image[a];
                offset += at * stride;
                stride *= image[a];
                (place, element) = (place / places[a], element / block[a]);
            }

            if (inside) y.AsSpan<float>()[(int)(picture * extent + offset)] += x.AsSpan<float>()[i];
        }

        return y;
    }

    [Fact]
    public void Col2Im_takes_shapes_from_a_run()
    {
        new OperatorCase("Col2Im", 18).Input(new Draw(1).Float(1, 4, 6)).Input(MovementOperatorTests.Longs([3, 4])).Input(MovementOperatorTests.Longs([2, 2]))
            .EverywhereWithOnnxRuntime(1e-6, 1e-6);
        Assert.Contains("does not fit blocks", new OperatorCase("Col2Im", 18).Input(new Draw(1).Float(1, 4, 5)).Constant(MovementOperatorTests.Longs([3, 4]))
            .Constant(MovementOperatorTests.Longs([2, 2])).Refusal());
    }

    [Theory]
    [MemberData(nameof(Seeds), 30)]
    public void What_MaxPool_chose_goes_back_to_its_place(int seed)
    {
        var draw = new Draw(seed);
        int axes = draw.Int(1, 2);
        int[] dims = [draw.Int(1, 2), draw.Int(1, 3), .. Enumerable.Range(0, axes).Select(_ => 2 * draw.Int(1, 4))];
        AttributeProto[] attributes = [AttributeProto.Of("kernel_shape", Enumerable.Repeat(2L, axes)), AttributeProto.Of("strides", Enumerable.Repeat(2L, axes))];
        IReadOnlyList<Tensor> pooled = new OperatorCase("MaxPool", 12).Input(draw.Float(dims)).With(attributes).Outputs(2).OnEveryIsa();
        OperatorCase test = new OperatorCase("MaxUnpool", 11).Input(pooled[0]).Input(pooled[1]).With(attributes);
        if (draw.Int(0, 1) == 0) test.Constant(MovementOperatorTests.Longs([.. dims.Select(d => (long)d)]));
        test.EverywhereWithOnnxRuntime();
    }

    [Theory]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Int8)]
    public void A_channels_last_pool_agrees_with_ONNX_Runtime(DataType type) =>
        new OperatorCase("NhwcMaxPool", 1, "com.microsoft").Input(new Draw(1).Bytes(type, 2, 7, 9, 21))
            .With(AttributeProto.Of("kernel_shape", [3L, 2L]), AttributeProto.Of("strides", [2L, 1L]), AttributeProto.Of("pads", [1L, 0L, 1L, 1L])).EverywhereWithOnnxRuntime();

    [Fact]
    public void An_index_outside_is_refused()
    {
        Tensor x = new Draw(1).Float(1, 1, 2);
        foreach (long index in (long[])[-1, 4])
            Assert.Contains($"index {index} is outside the 4 elements", new OperatorCase("MaxUnpool", 11).Input(x).Input(Tensor.Create<long>(new Shape(1, 1, 2), [0, index]))
                .With(AttributeProto.Of("kernel_shape", [2L]), AttributeProto.Of("strides", [2L])).Refusal());
    }

    [Theory]
    [MemberData(nameof(Seeds), 40)]
    public void A_random_CenterCropPad_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = [draw.Int(1, 5), draw.Int(1, 5), draw.Int(1, 5)];
        bool named = draw.Int(0, 1) == 0, known = draw.Int(0, 1) == 0;
        Tensor shape = MovementOperatorTests.Longs(named ? [draw.Int(1, 8), draw.Int(1, 8)] : [draw.Int(1, 8), draw.Int(1, 8), draw.Int(1, 8)]);
        OperatorCase test = new OperatorCase("CenterCropPad", 18).Input(draw.Tensor(draw.Int(0, 1) == 0 ? DataType.Float32 : DataType.Int64, -9, 9, dims));
        test = known ? test.Constant(shape) : test.Input(shape);
        if (named) test.With(AttributeProto.Of("axes", [2L, -3L]));
        test.EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Seeds), 60)]
    public void A_random_Unique_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        DataType type = new[] { DataType.Float32, DataType.Int64, DataType.Int8, DataType.Float64 }[draw.Int(0, 3)];
        int rank = draw.Int(1, 3);
        // Two values and narrow slices: many are equal.
        Tensor x = draw.Tensor(DataType.Int64, 0, 1, [.. Enumerable.Range(0, rank).Select(_ => draw.Int(1, 5))]);
        OperatorCase test = new OperatorCase("Unique", 11).Input(Converted(x, type)).Outputs(4).With(AttributeProto.Of("sorted", (long)draw.Int(0, 1)));
        if (draw.Int(0, 2) > 0) test.With(AttributeProto.Of("axis", (long)draw.Int(-rank, rank - 1)));
        test.EverywhereWithOnnxRuntime();
    }

    [Fact]
    public void Unique_of_nothing_is_nothing_and_of_NaN_one()
    {
        IReadOnlyList<Tensor> none = new OperatorCase("Unique", 11).Input(Tensor.Create<float>(new Shape(0))).Outputs(4).OnEveryIsa();
        Assert.All(none, t => Assert.Equal(new Shape(0), t.Shape));
        IReadOnlyList<Tensor> some = new OperatorCase("Unique", 11).Input(Tensor.Create<float>(new Shape(5), [float.NaN, 1, float.NaN, -1, 1])).Outputs(4).OnEveryIsa();
        Assert.Equal([-1, 1, float.NaN], some[0].AsSpan<float>().ToArray());
        Assert.Equal([3, 1, 0], some[1].AsSpan<long>().ToArray());
        Assert.Equal([2, 1, 2, 0, 1], some[2].AsSpan<long>().ToArray());
        Assert.Equal([1, 2, 2], some[3].AsSpan<long>().ToArray());
        TensorAssert.SameBits(some[0], new OperatorCase("Unique", 11).Input(Tensor.Create<float>(new Shape(5), [float.NaN, 1, float.NaN, -1, 1])).OnEveryIsa()[0], "Unique");
    }

    [Theory]
    [MemberData(nameof(Seeds), 30)]
    public void A_random_ReverseSequence_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int batch = draw.Int(1, 4), steps = draw.Int(1, 5), timeAxis = draw.Int(0, 1);
        int[] inner = draw.Int(0, 1) == 0 ? [] : [draw.Int(1, 3)];
        Tensor x = draw.Tensor(draw.Int(0, 1) == 0 ? DataType.Float32 : DataType.UInt8, 0, 99, timeAxis == 0 ? [steps, batch, .. inner] : [batch, steps, .. inner]);
        new OperatorCase("ReverseSequence", 10).Input(x).Input(draw.Tensor(DataType.Int64, 1, steps, batch))
            .With(AttributeProto.Of("time_axis", (long)timeAxis), AttributeProto.Of("batch_axis", 1L - timeAxis)).EverywhereWithOnnxRuntime();
    }

    [Fact]
    public void A_sequence_longer_than_its_steps_is_refused() =>
        Assert.Contains("sequence 1 has length 4; there are 3 steps", new OperatorCase("ReverseSequence", 10).Input(new Draw(1).Float(3, 2))
            .Input(Tensor.Create<long>(new Shape(2), [3, 4])).Refusal());

    [Theory]
    [InlineData(11, 1)]
    [InlineData(11, 2)]
    [InlineData(13, 0)]
    [InlineData(13, -2)]
    public void Hardmax_agrees_with_ONNX_Runtime(int opset, int axis) =>
        new OperatorCase("Hardmax", opset).Input(new Draw(1).Tensor(DataType.Float32, -2, 2, 3, 4, 5)).With(AttributeProto.Of("axis", (long)axis)).EverywhereWithOnnxRuntime();

    [Fact]
    public void Of_equal_elements_Hardmax_takes_the_first() =>
        Assert.Equal([0, 1, 0], new OperatorCase("Hardmax", 13).Input(Tensor.Create<float>(new Shape(1, 3), [1, 2, 2])).OnEveryIsa()[0].AsSpan<float>().ToArray());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Det_agrees_with_ONNX_Runtime(int n)
    {
        new OperatorCase("Det", 11).Input(new Draw(n).Tensor(DataType.Float32, -2, 2, 3, 2, n, n)).EverywhereWithOnnxRuntime(1e-4, 1e-4);
        Tensor singular = Tensor.Create<float>(new Shape(3, 3), [0, 1, 2, 0, 3, 4, 0, 5, 6]);
        Assert.Equal(0, new OperatorCase("Det", 11).Input(singular).OnEveryIsa()[0].AsSpan<float>()[0]);
    }

    private static Tensor Converted(Tensor t, DataType type)
    {
        long[] v = t.AsSpan<long>().ToArray();
        return type switch
        {
            DataType.Float32 => Tensor.Create<float>(t.Shape, Array.ConvertAll(v, n => (float)n)),
            DataType.Float64 => Tensor.Create<double>(t.Shape, Array.ConvertAll(v, n => (double)n)),
            DataType.Int8 => Tensor.Create<sbyte>(t.Shape, Array.ConvertAll(v, n => (sbyte)n)),
            _ => t,
        };
    }
}
