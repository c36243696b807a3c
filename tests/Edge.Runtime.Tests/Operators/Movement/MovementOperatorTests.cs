using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Movement;

/// <summary>Operators that only move elements, for elements of one, two, four and eight bytes: the same bytes as ONNX Runtime.</summary>
public class MovementOperatorTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 40)]
    public void Transpose_permutes_axes(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = Dims(draw, 0, 6);
        OperatorCase test = new OperatorCase("Transpose").Input(Elements(draw, dims));
        if (draw.Int(0, 4) > 0) test.With(Of("perm", Shuffled(draw, dims.Length)));
        test.EverywhereWithOnnxRuntime();
    }

    [Theory]
    [InlineData(64, 300, 1)]
    [InlineData(300, 64, 2)]
    [InlineData(257, 129, 4)]
    [InlineData(3, 40000, 4)]
    public void A_large_matrix_is_transposed_by_several_threads(int rows, int columns, int bytes)
    {
        DataType type = bytes == 1 ? DataType.UInt8 : bytes == 2 ? DataType.Int16 : DataType.Int32;
        new OperatorCase("Transpose").Input(new Draw(1).Tensor(type, 0, 127, 2, rows, columns)).With(Of("perm", [0, 2, 1])).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Seeds), 20)]
    public void Concat_joins_along_any_axis(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = Dims(draw, 1, 4);
        int axis = draw.Int(0, dims.Length - 1);
        DataType type = Type(draw);
        OperatorCase test = new("Concat");
        for (int i = draw.Int(1, 4); i > 0; i--)
        {
            dims[axis] = draw.Int(0, 4);
            test = draw.Int(0, 2) == 0 ? test.Constant(draw.Tensor(type, 0, 100, dims)) : test.Input(draw.Tensor(type, 0, 100, dims));
        }

        test.With(AttributeProto.Of("axis", (long)(draw.Int(0, 1) == 0 ? axis : axis - dims.Length))).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Seeds), 20)]
    public void Split_divides_along_any_axis(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = Dims(draw, 1, 4);
        int axis = draw.Int(0, dims.Length - 1), parts = draw.Int(1, 4), opset = new[] { 11, 13, 18 }[draw.Int(0, 2)];
        long[] sizes = [.. Enumerable.Range(0, parts).Select(_ => (long)draw.Int(1, 3))];
        bool equal = draw.Int(0, 1) == 0;
        dims[axis] = equal ? parts * draw.Int(1, 3) : (int)sizes.Sum();
        OperatorCase test = new OperatorCase("Split", opset).Input(Elements(draw, dims)).Outputs(parts).With(AttributeProto.Of("axis", (long)axis));
        if (!equal && opset < 13) test.With(AttributeProto.Of("split", (IEnumerable<long>)sizes));
        else if (!equal) test.Constant(Tensor.Create<long>(new Shape(parts), sizes));
        else if (opset >= 18) test.With(AttributeProto.Of("num_outputs", (long)parts));
        test.EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Seeds), 60)]
    public void Slice_takes_any_range_in_either_direction(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = Dims(draw, 1, 5);
        int[] axes = [.. Shuffled(draw, dims.Length).Take(draw.Int(1, dims.Length))];
        bool attributes = draw.Int(0, 4) == 0;
        long[] steps = [.. axes.Select(_ => attributes ? 1 : (long)new[] { 1, 1, 2, 3, -1, -2 }[draw.Int(0, 5)])];
        // Where an index lies beyond the axis, ONNX Runtime and numpy differ about which of several axes is empty.
        long[] starts = [.. axes.Select(a => (long)draw.Int(-dims[a], dims[a] - 1))];
        long[] ends = [.. axes.Select((a, i) => draw.Int(0, 3) > 0 ? draw.Int(-dims[a], dims[a] - 1) : steps[i] < 0 ? long.MinValue : int.MaxValue)];
        OperatorCase test;
        if (attributes)
        {
            test = new OperatorCase("Slice", opset: 9).Input(draw.Tensor(DataType.Float32, 0, 100, dims)).With(Of("axes", axes),
                AttributeProto.Of("starts", (IEnumerable<long>)starts), AttributeProto.Of("ends", (IEnumerable<long>)ends));
        }
        else
        {
            test = new OperatorCase("Slice").Input(Elements(draw, dims)).Constant(Longs(starts)).Constant(Longs(ends)).Constant(Longs([.. axes.Select(a => (long)a)])).Constant(Longs(steps));
        }

        test.EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Seeds), 30)]
    public void Gather_picks_rows_by_indices_of_either_sign(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = Dims(draw, 1, 4);
        int axis = draw.Int(0, dims.Length - 1);
        Tensor indices = draw.Tensor(draw.Int(0, 1) == 0 ? DataType.Int32 : DataType.Int64, -dims[axis], dims[axis] - 1, Dims(draw, 0, 2));
        new OperatorCase("Gather").Input(Elements(draw, dims)).Input(indices).With(AttributeProto.Of("axis", (long)axis)).EverywhereWithOnnxRuntime();
    }

    [Fact]
    public void An_index_that_a_run_brings_and_no_row_has_is_an_error()
    {
        Tensor data = Tensor.Create<float>(new Shape(3, 2));
        string message = new OperatorCase("Gather").Input(data).Input(Longs([0, 3])).Refusal();
        Assert.Equal("Gather 'Gather_0': index 3 is outside [-3, 3) of an axis of 3", message);
    }

    [Theory]
    [MemberData(nameof(Seeds), 20)]
    public void GatherElements_and_ScatterElements_address_single_elements(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = Dims(draw, 1, 4);
        int axis = draw.Int(0, dims.Length - 1);
        int[] places = [.. dims.Select((d, a) => a == axis ? draw.Int(1, 5) : draw.Int(1, d))];
        DataType type = Type(draw);
        Tensor data = draw.Tensor(type, 0, 100, dims), indices = draw.Tensor(DataType.Int64, -dims[axis], dims[axis] - 1, places);
        new OperatorCase("GatherElements").Input(data).Input(indices).With(AttributeProto.Of("axis", (long)axis)).EverywhereWithOnnxRuntime();
        new OperatorCase("ScatterElements").Input(data).Input(indices).Input(draw.Tensor(type, 0, 100, places)).With(AttributeProto.Of("axis", (long)axis)).EverywhereWithOnnxRuntime();

        Tensor numbers = draw.Tensor(DataType.Int32, -9, 9, dims), updates = draw.Tensor(DataType.Int32, -9, 9, places);
        string reduction = new[] { "add", "mul", "min", "max" }[draw.Int(0, 3)];
        new OperatorCase("ScatterElements", opset: 18).Input(numbers).Input(indices).Input(updates)
            .With(AttributeProto.Of("axis", (long)axis), AttributeProto.Of("reduction", reduction)).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Seeds), 20)]
    public void GatherND_and_ScatterND_address_slices(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = Dims(draw, 1, 4);
        int depth = draw.Int(1, dims.Length), count = draw.Int(1, 4);
        Tensor indices = Tensor.Create<long>(new Shape(count, depth));
        for (int i = 0; i < indices.Count; i++) indices.AsSpan<long>()[i] = draw.Int(-dims[i % depth], dims[i % depth] - 1);
        Tensor data = draw.Tensor(DataType.Float32, -9, 9, dims);
        new OperatorCase("GatherND").Input(data).Input(indices).EverywhereWithOnnxRuntime();
        Tensor updates = draw.Tensor(DataType.Float32, -9, 9, [count, .. dims[depth..]]);
        new OperatorCase("ScatterND", opset: 18).Input(data).Input(indices).Input(updates)
            .With(AttributeProto.Of("reduction", new[] { "none", "add", "max" }[draw.Int(0, 2)])).EverywhereWithOnnxRuntime(relative: 1e-6);
    }

    [Theory]
    [MemberData(nameof(Seeds), 20)]
    public void Expand_and_Tile_repeat(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = [.. Dims(draw, 1, 4).Select(d => draw.Int(0, 1) == 0 ? 1 : d)];
        long[] target = [.. dims.Select(d => d > 1 ? (draw.Int(0, 1) == 0 ? 1 : d) : (long)draw.Int(1, 4))];
        if (draw.Int(0, 1) == 0) target = [draw.Int(1, 3), .. target];
        new OperatorCase("Expand").Input(Elements(draw, dims)).Constant(Longs(target)).EverywhereWithOnnxRuntime();
        long[] repeats = [.. dims.Select(_ => (long)draw.Int(0, 3))];
        new OperatorCase("Tile").Input(draw.Tensor(DataType.Float32, 0, 100, dims)).Constant(Longs(repeats)).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Seeds), 60)]
    public void Pad_adds_and_takes_away_in_every_mode(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = [.. Dims(draw, 1, 4).Select(d => d + 1)];
        string mode = new[] { "constant", "reflect", "edge", "wrap" }[draw.Int(0, 3)];
        long[] pads = [.. Enumerable.Range(0, 2 * dims.Length).Select(i => (long)draw.Int(mode == "constant" ? -1 : 0, dims[i % dims.Length] - 1))];
        OperatorCase test = new OperatorCase("Pad", opset: 19).Input(mode == "wrap" ? draw.Float(dims) : Elements(draw, dims)).Constant(Longs(pads)).With(AttributeProto.Of("mode", mode));
        if (mode == "constant" && draw.Int(0, 1) == 0)
            test = new OperatorCase("Pad").Input(draw.Float(dims)).Constant(Longs(pads)).Input(Draw.Scalar(2.5f));
        test.EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Seeds), 10)]
    public void Depth_and_space_change_places(int seed)
    {
        var draw = new Draw(seed);
        int b = draw.Int(1, 3), channels = draw.Int(1, 5), height = draw.Int(1, 5), width = draw.Int(1, 5), n = draw.Int(1, 2);
        string mode = draw.Int(0, 1) == 0 ? "DCR" : "CRD";
        new OperatorCase("DepthToSpace").Input(draw.Float(n, channels * b * b, height, width))
            .With(AttributeProto.Of("blocksize", (long)b), AttributeProto.Of("mode", mode)).EverywhereWithOnnxRuntime();
        new OperatorCase("SpaceToDepth").Input(draw.Float(n, channels, height * b, width * b)).With(AttributeProto.Of("blocksize", (long)b)).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Seeds), 20)]
    public void Reshape_Squeeze_and_Unsqueeze_keep_the_bytes(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = [draw.Int(1, 4), 1, draw.Int(1, 4), 1];
        Tensor x = Elements(draw, dims);
        new OperatorCase("Reshape").Input(x).Constant(Longs([0, -1])).EverywhereWithOnnxRuntime();
        new OperatorCase("Reshape").Input(x).Input(Longs([-1, dims[0], 1])).EverywhereWithOnnxRuntime();
        new OperatorCase("Squeeze").Input(x).Constant(Longs([1, -1])).EverywhereWithOnnxRuntime();
        new OperatorCase("Squeeze", opset: 11).Input(x).With(Of("axes", [1])).EverywhereWithOnnxRuntime();
        new OperatorCase("Unsqueeze").Input(x).Constant(Longs([0, -1])).EverywhereWithOnnxRuntime();
        new OperatorCase("Flatten").Input(x).With(AttributeProto.Of("axis", (long)draw.Int(-4, 4))).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [InlineData("Reshape", "Reshape 'Reshape_0': input [2,3] of 6 elements cannot take shape [4,2] of 8", 4L, 2L)]
    [InlineData("Reshape", "Reshape 'Reshape_0': input [2,3] cannot take shape [4,-1]: no size fits at -1", 4L, -1L)]
    [InlineData("Squeeze", "Squeeze 'Squeeze_0': axis 1 of input [2,3] is 3; only an axis of 1 can be squeezed", 1L)]
    [InlineData("Unsqueeze", "Unsqueeze 'Unsqueeze_0': axis 5 is outside [-4, 4) of a tensor of rank 4", 0L, 5L)]
    [InlineData("Expand", "Expand 'Expand_0': [2,3] and [2,4] do not broadcast: 3 and 4 differ", 2L, 4L)]
    public void A_shape_that_does_not_fit_is_refused(string op, string message, params long[] list) =>
        Assert.Equal(message, new OperatorCase(op).Input(Tensor.Create<float>(new Shape(2, 3))).Constant(Longs(list)).Refusal());

    internal static Tensor Longs(long[] values) => Tensor.Create<long>(new Shape(values.Length), values);

    internal static int[] Dims(Draw draw, int minRank, int maxRank) => [.. Enumerable.Range(0, draw.Int(minRank, maxRank)).Select(_ => draw.Int(1, 7))];

    internal static Tensor Elements(Draw draw, int[] dims) => draw.Tensor(Type(draw), 0, 100, dims);

    internal static AttributeProto Of(string name, int[] values) => AttributeProto.Of(name, values.Select(v => (long)v));

    // Types that ONNX Runtime has for all of these operators.
    private static DataType Type(Draw draw) => new[] { DataType.Float32, DataType.UInt8, DataType.Int64, DataType.Float32, DataType.Int32 }[draw.Int(0, 4)];

    private static int[] Shuffled(Draw draw, int count) => [.. Enumerable.Range(0, count).OrderBy(_ => draw.Int(0, 1 << 20))];
}
