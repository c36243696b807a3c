using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Movement;

public class ResizeOperatorTests
{
    private static readonly string[] CoordinateModes = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric", "tf_crop_and_resize"];

    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 150)]
    public void A_random_resize_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        string mode = new[] { "nearest", "linear", "cubic" }[draw.Int(0, 2)], coordinates = CoordinateModes[draw.Int(0, CoordinateModes.Length - 1)];
        // ONNX Runtime takes cubic in two dimensions only, linear in one to three.
        int[] dims = [draw.Int(1, 2), draw.Int(1, 3), draw.Int(2, 9), draw.Int(2, 9)];
        bool crop = coordinates == "tf_crop_and_resize";
        OperatorCase test = new OperatorCase("Resize", opset: 19)
            .Input(mode == "nearest" && draw.Int(0, 1) == 0 ? draw.Bytes(DataType.UInt8, dims) : draw.Tensor(DataType.Float32, -4, 4, dims));
        test = test.Constant(crop ? Tensor.Create<float>(new Shape(8), [0, 0, 0.1f, 0.3f, 1, 1, 0.8f, 1.2f]) : null);
        // Scales that are powers of two: others fall between two numbers of float32 at ties. ONNX Runtime does not crop
        // where the size stays the same.
        if (draw.Int(0, 1) == 0) test = test.Constant(Tensor.Create<float>(new Shape(4), [1, 1, Scale(draw, crop), Scale(draw, crop)]));
        else test = test.Constant(null).Constant(MovementOperatorTests.Longs([dims[0], dims[1], Size(draw, crop ? dims[2] : -1), Size(draw, crop ? dims[3] : -1)]));
        test.With(AttributeProto.Of("mode", mode), AttributeProto.Of("coordinate_transformation_mode", coordinates));
        if (mode == "nearest") test.With(AttributeProto.Of("nearest_mode", new[] { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil" }[draw.Int(0, 3)]));
        if (crop) test.With(AttributeProto.Of("extrapolation_value", 2f));
        if (mode == "cubic" && draw.Int(0, 1) == 0) test.With(AttributeProto.Of("cubic_coeff_a", -0.5f), AttributeProto.Of("exclude_outside", 1L));
        test.EverywhereWithOnnxRuntime(1e-5, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Seeds), 60)]
    public void A_random_antialiased_resize_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        bool cubic = draw.Int(0, 1) == 0, bytes = !cubic && draw.Int(0, 3) == 0;
        int[] dims = [draw.Int(1, 2), draw.Int(1, 3), draw.Int(3, 20), draw.Int(3, 20)];
        OperatorCase test = new OperatorCase("Resize", opset: 19).Input(bytes ? draw.Bytes(DataType.UInt8, dims) : draw.Float(dims)).Constant(null);
        if (draw.Int(0, 1) == 0) test.Constant(Tensor.Create<float>(new Shape(4), [1, 1, 0.25f * draw.Int(1, 8), 0.125f * draw.Int(2, 12)]));
        else test.Constant(null).Constant(MovementOperatorTests.Longs([dims[0], dims[1], draw.Int(1, 24), draw.Int(1, 24)]));
        test.With(AttributeProto.Of("mode", cubic ? "cubic" : "linear"), AttributeProto.Of("antialias", 1L),
            AttributeProto.Of("coordinate_transformation_mode", new[] { "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric" }[draw.Int(0, 4)]),
            AttributeProto.Of("exclude_outside", (long)draw.Int(0, 1)));
        if (cubic && draw.Int(0, 1) == 0) test.With(AttributeProto.Of("cubic_coeff_a", -0.5f));
        test.EverywhereWithOnnxRuntime(1e-4, 1e-4, steps: 1);
    }

    [Theory]
    [MemberData(nameof(Seeds), 40)]
    public void Axes_and_a_policy_for_the_aspect_ratio_are_followed(int seed)
    {
        var draw = new Draw(seed);
        Tensor x = draw.Float(draw.Int(1, 2), draw.Int(1, 3), draw.Int(2, 9), draw.Int(2, 9)), sizes = MovementOperatorTests.Longs([draw.Int(1, 12), draw.Int(1, 12)]);
        string mode = draw.Int(0, 1) == 0 ? "nearest" : "linear", policy = new[] { "stretch", "not_larger", "not_smaller" }[draw.Int(0, 2)];
        OperatorCase Of(params long[] axes) => new OperatorCase("Resize", opset: 18).Input(x).Constant(null).Constant(null).Constant(sizes)
            .With(AttributeProto.Of("mode", mode), AttributeProto.Of("axes", axes), AttributeProto.Of("keep_aspect_ratio_policy", policy));
        bool across = draw.Int(0, 1) == 0;
        Of(across ? [3, 2] : [2, 3]).EverywhereWithOnnxRuntime(1e-5, 1e-5);
        // ONNX Runtime takes another scale for axes that are counted from the end.
        TensorAssert.SameBits(Of(across ? [3, 2] : [2, 3]).Run()[0], Of(across ? [-1, -2] : [-2, -1]).Run()[0], "Resize");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_resize_of_any_rank_is_the_resize_of_each_axis_after_the_other(int rank)
    {
        foreach (string mode in (string[])["nearest", "linear", "cubic"])
        {
            foreach (string coordinates in CoordinateModes.Except(["tf_crop_and_resize"]))
            {
                var draw = new Draw(rank);
                int[] dims = [.. Enumerable.Range(0, rank).Select(_ => draw.Int(2, 5))];
                long[] sizes = [.. dims.Select(_ => (long)draw.Int(1, 7))];
                OperatorCase Of(Tensor x, long[] to) => new OperatorCase("Resize", opset: 19).Input(x).Constant(null).Constant(null).Constant(MovementOperatorTests.Longs(to))
                    .With(AttributeProto.Of("mode", mode), AttributeProto.Of("coordinate_transformation_mode", coordinates));
                Tensor x = draw.Float(dims), step = x;
                for (int a = 0; a < rank; a++)
                {
                    long[] to = [.. step.Shape.ToArray().Select(d => (long)d)];
                    to[a] = sizes[a];
                    step = Of(step, to).Run("scalar")[0];
                }

                Of(x, sizes).EverywhereWith([step], 1e-5, 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    public void Upsample_agrees_with_ONNX_Runtime(int opset)
    {
        foreach (string mode in (string[])["nearest", "linear"])
        {
            float[] scales = [1, 1, 2, 3];
            OperatorCase test = new OperatorCase("Upsample", opset).Input(new Draw(1).Float(1, 3, 4, 5)).With(AttributeProto.Of("mode", mode));
            if (opset == 7) test.With(AttributeProto.Of("scales", (IEnumerable<float>)scales));
            else test.Constant(Tensor.Create<float>(new Shape(4), scales));
            test.EverywhereWithOnnxRuntime(1e-6, 1e-6);
        }
    }

    [Theory]
    [InlineData(0.5f, 0.6f)]
    [InlineData(2f, 1.5f)]
    public void Resize_of_opset_10_agrees_with_ONNX_Runtime(float first, float second)
    {
        foreach (string mode in (string[])["nearest", "linear"])
        {
            new OperatorCase("Resize", opset: 10).Input(new Draw(1).Float(1, 2, 6, 7)).Constant(Tensor.Create<float>(new Shape(4), [1, 1, first, second]))
                .With(AttributeProto.Of("mode", mode)).EverywhereWithOnnxRuntime(1e-6, 1e-6);
        }
    }

    [Fact]
    public void Linear_resampling_of_bytes_rounds_half_to_even()
    {
        Tensor x = Tensor.Create<byte>(new Shape(1, 1, 1, 3), [10, 13, 14]);
        Tensor expected = Tensor.Create<byte>(new Shape(1, 1, 1, 5), [10, 12, 13, 14, 14]);
        new OperatorCase("Resize").Input(x).Constant(null).Constant(null).Constant(MovementOperatorTests.Longs([1, 1, 1, 5]))
            .With(AttributeProto.Of("mode", "linear"), AttributeProto.Of("coordinate_transformation_mode", "align_corners")).EverywhereWith([expected]);
    }

    [Theory]
    [InlineData(DataType.Float64)]
    [InlineData(DataType.Int8)]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Int16)]
    [InlineData(DataType.UInt16)]
    [InlineData(DataType.Int32)]
    [InlineData(DataType.Int64)]
    public void Numbers_of_every_type_are_resized_as_floats_are(DataType type)
    {
        foreach (string mode in (string[])["nearest", "linear", "cubic"])
        {
            OperatorCase Of(Tensor x) => new OperatorCase("Resize").Input(x).Constant(null).Constant(null).Constant(MovementOperatorTests.Longs([1, 2, 7, 4])).With(AttributeProto.Of("mode", mode));
            Tensor x = new Draw(3).Tensor(type, 0, 100, 1, 2, 5, 6), wide = Tensor.Create(DataType.Float32, x.Shape);
            for (int i = 0; i < x.Count; i++) wide.AsSpan<float>()[i] = (float)TensorAssert.At(x, i);
            Tensor expected = Of(wide).Run("scalar")[0], actual = Of(x).OnEveryIsa()[0];
            Assert.Equal(type, actual.Type);
            for (int i = 0; i < expected.Count; i++)
            {
                // Cubic overshoots: below 0 there is nothing for unsigned types. Halves may fall to either side.
                double e = type is DataType.UInt8 or DataType.UInt16 ? Math.Max(0, TensorAssert.At(expected, i)) : TensorAssert.At(expected, i);
                Assert.Equal(e, TensorAssert.At(actual, i), type == DataType.Float64 ? 1e-4 : 0.5 + 1e-4);
            }
        }
    }

    [Fact]
    public void Sizes_that_a_run_brings_are_used() =>
        new OperatorCase("Resize").Input(new Draw(1).Float(1, 2, 3, 4)).Constant(null).Constant(null).Input(MovementOperatorTests.Longs([1, 2, 6, 8])).EverywhereWithOnnxRuntime();

    [Theory]
    [InlineData("mode", "bicubic", "mode 'bicubic' is not supported; supported: nearest, linear, and cubic from opset 11 on")]
    [InlineData("nearest_mode", "round", "nearest_mode 'round' is not supported; supported: round_prefer_floor, round_prefer_ceil, floor, ceil")]
    public void An_unknown_mode_is_refused(string name, string value, string message) =>
        Assert.Equal("Resize 'Resize_0': " + message, new OperatorCase("Resize").Input(new Draw(1).Float(1, 1, 2, 2)).Constant(null)
            .Constant(Tensor.Create<float>(new Shape(4), [1, 1, 2, 2])).With(AttributeProto.Of(name, value)).Refusal());

    private static float Scale(Draw draw, bool never1) => new[] { 0.5f, 2, 4, 1 }[draw.Int(0, never1 ? 2 : 3)];

    private static int Size(Draw draw, int never)
    {
        int size = draw.Int(1, 17);
        return size == never ? size + 1 : size;
    }
}
