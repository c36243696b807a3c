using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Vision;

public class RegionOperatorTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 80)]
    public void A_random_RoiAlign_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int opset = new[] { 10, 16, 22 }[draw.Int(0, 2)], images = draw.Int(1, 3), count = draw.Int(0, 5);
        DataType type = draw.Int(0, 3) == 0 ? DataType.Float64 : DataType.Float32;
        int[] dims = [images, draw.Int(1, 19), draw.Int(1, 13), draw.Int(1, 13)];
        Tensor x = draw.Tensor(type, -4, 4, dims), of = draw.Tensor(DataType.Int64, 0, images - 1, count);
        int ratio = draw.Int(0, 3);
        // ONNX Runtime fails over a region of negative extent without a number of samples.
        Tensor regions = Regions(draw, type, count, anyOrder: ratio > 0);
        List<AttributeProto> attributes =
        [
            AttributeProto.Of("mode", draw.Int(0, 1) == 0 ? "avg" : "max"), AttributeProto.Of("output_height", (long)draw.Int(1, 5)),
            AttributeProto.Of("output_width", (long)draw.Int(1, 5)), AttributeProto.Of("sampling_ratio", (long)ratio),
            AttributeProto.Of("spatial_scale", new[] { 1f, 0.5f, 0.3f }[draw.Int(0, 2)]),
        ];
        if (opset >= 16) attributes.Add(AttributeProto.Of("coordinate_transformation_mode", draw.Int(0, 1) == 0 ? "half_pixel" : "output_half_pixel"));
        bool behindPool = type == DataType.Float32 && draw.Int(0, 1) == 0;

        // ONNX Runtime stops at opset 16, of which 22 is no other definition.
        OperatorCase Test(int version)
        {
            OperatorCase test = new OperatorCase("RoiAlign", version).Input(x).Input(regions).Input(of).With([.. attributes]);
            return behindPool ? test.BehindPool() : test;
        }

        Test(opset).EverywhereWith(Test(Math.Min(opset, 16)).RunOnnxRuntime(), 1e-5, 2e-5);
    }

    [Fact]
    public void A_region_of_astronomic_size_takes_no_time()
    {
        Tensor x = new Draw(1).Float(1, 1, 4, 4);
        Tensor regions = Tensor.Create<float>(new Shape(2, 4), [-1e30f, -1e30f, 1e30f, 1e30f, float.NaN, 0, float.PositiveInfinity, 1]);
        foreach (string mode in (string[])["avg", "max"])
        {
            Tensor y = new OperatorCase("RoiAlign", 16).Input(x).Input(regions).Input(Tensor.Create<long>(new Shape(2), [0, 0]))
                .With(AttributeProto.Of("mode", mode), AttributeProto.Of("output_height", 3L), AttributeProto.Of("output_width", 3L)).OnEveryIsa()[0];
            Assert.Equal(new Shape(2, 1, 3, 3), y.Shape);
        }
    }

    [Fact]
    public void A_region_of_a_picture_that_is_not_there_is_refused()
    {
        Tensor x = new Draw(1).Float(2, 1, 4, 4), region = Tensor.Create<float>(new Shape(1, 4), [0, 0, 2, 2]);
        foreach (long image in (long[])[-1, 2])
            Assert.Contains($"region 0 is of picture {image}; there are 2", new OperatorCase("RoiAlign", 16).Input(x).Input(region).Input(Tensor.Create<long>(new Shape(1), [image])).Refusal());
        Tensor five = Tensor.Create<float>(new Shape(1, 5), [2, 0, 0, 2, 2]);
        Assert.Contains("region 0 is of picture 2", new OperatorCase("MaxRoiPool", 1).Input(x).Input(five).With(AttributeProto.Of("pooled_shape", [1L, 1L])).Refusal());
    }

    [Fact]
    public void Attributes_that_are_not_defined_are_refused()
    {
        Tensor x = new Draw(1).Float(1, 1, 4, 4), region = Tensor.Create<float>(new Shape(1, 4), [0, 0, 2, 2]), image = Tensor.Create<long>(new Shape(1), [0]);
        OperatorCase Test() => new OperatorCase("RoiAlign", 16).Input(x).Input(region).Input(image);
        Assert.Contains("mode 'sum' is not supported", Test().With(AttributeProto.Of("mode", "sum")).Refusal());
        Assert.Contains("sampling_ratio -1 is not supported", Test().With(AttributeProto.Of("sampling_ratio", -1L)).Refusal());
        Assert.Contains("output_height 0 is not supported", Test().With(AttributeProto.Of("output_height", 0L)).Refusal());
        Assert.Contains("coordinate_transformation_mode 'asymmetric'", Test().With(AttributeProto.Of("coordinate_transformation_mode", "asymmetric")).Refusal());
        Assert.Contains("must be [regions,4]", new OperatorCase("RoiAlign", 16).Input(x).Input(new Draw(1).Float(1, 5)).Input(image).Refusal());
    }

    [Theory]
    [MemberData(nameof(Seeds), 30)]
    public void A_random_MaxRoiPool_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int images = draw.Int(1, 2), count = draw.Int(1, 4);
        Tensor corners = Regions(draw, DataType.Float32, count, anyOrder: true), regions = Tensor.Create(DataType.Float32, new Shape(count, 5));
        for (int r = 0; r < count; r++)
        {
            regions.AsSpan<float>()[5 * r] = draw.Int(0, images - 1);
            corners.AsSpan<float>().Slice(4 * r, 4).CopyTo(regions.AsSpan<float>()[(5 * r + 1)..]);
        }

        new OperatorCase("MaxRoiPool", 1).Input(draw.Float(images, 3, 11, 9)).Input(regions)
            .With(AttributeProto.Of("pooled_shape", [(long)draw.Int(1, 4), draw.Int(1, 4)]), AttributeProto.Of("spatial_scale", draw.Int(0, 1) == 0 ? 1f : 0.6f))
            .EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Seeds), 30)]
    public void A_random_CropAndResize_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int images = draw.Int(1, 2), count = draw.Int(1, 4);
        Tensor regions = draw.Tensor(DataType.Float32, -0.2, 1.2, count, 4);
        new OperatorCase("CropAndResize", 1, "com.microsoft").Input(draw.Float(images, 3, draw.Int(1, 9), draw.Int(1, 9))).Input(regions)
            .Input(draw.Tensor(DataType.Int32, 0, images - 1, count)).Constant(Tensor.Create<int>(new Shape(2), [draw.Int(1, 5), draw.Int(1, 5)]))
            .With(AttributeProto.Of("mode", draw.Int(0, 1) == 0 ? "bilinear" : "nearest"), AttributeProto.Of("extrapolation_value", 7f))
            .EverywhereWithOnnxRuntime(1e-5, 2e-5);
    }

    /// <summary>Corners, some of which lie outside; with <paramref name="anyOrder"/> the second may lie before the first.</summary>
    private static Tensor Regions(Draw draw, DataType type, int count, bool anyOrder)
    {
        Tensor regions = Tensor.Create(type, new Shape(count, 4)), first = draw.Tensor(DataType.Float64, -3, 6, count, 2), size = draw.Tensor(DataType.Float64, anyOrder ? -2 : 0, 9, count, 2);
        for (int i = 0; i < regions.Count; i++)
        {
            int corner = i / 4 * 2 + i % 2;
            double v = first.AsSpan<double>()[corner] + (i % 4 < 2 ? 0 : size.AsSpan<double>()[corner]);
            if (type == DataType.Float32) regions.AsSpan<float>()[i] = (float)v;
            else regions.AsSpan<double>()[i] = v;
        }

        return regions;
    }
}
