using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Vision;

public class GridSampleOperatorTests
{
    private static readonly string[] s_modes = ["nearest", "linear", "cubic"], s_paddings = ["zeros", "border", "reflection"];

    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 120)]
    public void A_random_grid_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int axes = draw.Int(2, 3), mode = draw.Int(0, axes == 2 ? 2 : 1);
        int opset = axes == 3 ? 20 : new[] { 16, 20, 22 }[draw.Int(0, 2)];
        // From 64 points on there is more than one block.
        int[] input = Sizes(draw, axes, 1, 9), output = Sizes(draw, axes, 1, axes == 3 ? 6 : 17);
        int n = draw.Int(1, 2), channels = draw.Int(1, 19);
        string name = opset >= 20 ? s_modes[mode] : new[] { "nearest", "bilinear", "bicubic" }[mode];
        OperatorCase test = new OperatorCase("GridSample", opset).Input(draw.Float([n, channels, .. input]))
            .Input(draw.Tensor(DataType.Float32, -1.6, 1.6, [n, .. output, axes]))
            .With(AttributeProto.Of("mode", name), AttributeProto.Of("padding_mode", s_paddings[draw.Int(0, 2)]), AttributeProto.Of("align_corners", (long)draw.Int(0, 1)));
        if (draw.Int(0, 2) == 0) test.BehindPool();
        test.EverywhereWithOnnxRuntime(1e-5, 4e-5);
    }

    [Fact]
    public void A_grid_of_double_agrees_with_that_of_float()
    {
        foreach (string mode in s_modes)
        {
            var draw = new Draw(3);
            Tensor x = draw.Float(1, 2, 5, 6), grid = draw.Tensor(DataType.Float32, -1.2, 1.2, 1, 3, 4, 2);
            AttributeProto attribute = AttributeProto.Of("mode", mode);
            Tensor expected = new OperatorCase("GridSample", 20).Input(x).Input(grid).With(attribute).OnEveryIsa()[0];
            Tensor actual = new OperatorCase("GridSample", 20).Input(Widened(x)).Input(Widened(grid)).With(attribute).OnEveryIsa()[0];
            TensorAssert.Close(Widened(expected), actual, 1e-5, 1e-5, 0);
        }
    }

    [Theory]
    [InlineData("zeros", 0f)]
    [InlineData("border", 4f)]
    [InlineData("reflection", 3f)]
    public void What_lies_far_outside_is_what_the_padding_says(string padding, float expected)
    {
        // Centres are −0.75, −0.25, 0.25 and 0.75: two pixels to the right, then infinitely far.
        Tensor x = Tensor.Create<float>(new Shape(1, 1, 1, 4), [1, 2, 3, 4]);
        Tensor grid = Tensor.Create<float>(new Shape(1, 1, 2, 2), [1.75f, 0, float.PositiveInfinity, 0]);
        Tensor y = new OperatorCase("GridSample", 16).Input(x).Input(grid)
            .With(AttributeProto.Of("padding_mode", padding), AttributeProto.Of("mode", "nearest")).OnEveryIsa()[0];
        Assert.Equal(expected, y.AsSpan<float>()[0]);
    }

    [Fact]
    public void A_tap_outside_does_not_touch_an_infinite_element()
    {
        Tensor x = Tensor.Create<float>(new Shape(1, 1, 1, 2), [float.PositiveInfinity, 3]);
        Tensor grid = Tensor.Create<float>(new Shape(1, 1, 1, 2), [1, 0]);
        Assert.Equal(1.5f, new OperatorCase("GridSample", 16).Input(x).Input(grid).OnEveryIsa()[0].AsSpan<float>()[0]);
    }

    [Fact]
    public void An_empty_grid_gives_an_empty_output()
    {
        Tensor y = new OperatorCase("GridSample", 16).Input(new Draw(1).Float(2, 3, 4, 5)).Input(new Draw(1).Float(2, 0, 3, 2)).OnEveryIsa()[0];
        Assert.Equal(new Shape(2, 3, 0, 3), y.Shape);
    }

    [Fact]
    public void The_contributed_operator_is_the_same()
    {
        var draw = new Draw(5);
        Tensor x = draw.Float(1, 2, 5, 6), grid = draw.Tensor(DataType.Float32, -1.2, 1.2, 1, 3, 4, 2);
        new OperatorCase("GridSample", 1, "com.microsoft").Input(x).Input(grid).With(AttributeProto.Of("mode", "bicubic")).EverywhereWithOnnxRuntime(1e-5, 1e-5);
    }

    [Fact]
    public void What_is_not_defined_is_refused()
    {
        Tensor x = new Draw(1).Float(1, 2, 5, 6), grid = new Draw(1).Float(1, 3, 4, 2);
        Assert.Contains("mode 'area' is not supported", new OperatorCase("GridSample", 16).Input(x).Input(grid).With(AttributeProto.Of("mode", "area")).Refusal());
        Assert.Contains("does not fit input", new OperatorCase("GridSample", 16).Input(x).Input(new Draw(1).Float(1, 3, 4, 3)).Refusal());
        Assert.Contains("has rank 5", new OperatorCase("GridSample", 16).Input(new Draw(1).Float(1, 2, 3, 5, 6)).Input(new Draw(1).Float(1, 3, 4, 2, 3)).Refusal());
        Assert.Contains("cannot be sampled", new OperatorCase("GridSample", 16).Input(new Draw(1).Float(1, 2, 0, 6)).Input(grid).Refusal());
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    public void An_affine_grid_agrees_with_ONNX_Runtime(int axes, int align)
    {
        var draw = new Draw(axes);
        long[] size = axes == 2 ? [2, 3, 4, 5] : [2, 3, 4, 2, 6];
        new OperatorCase("AffineGrid", 20).Input(draw.Float(2, axes, axes + 1)).Constant(Tensor.Create<long>(new Shape(size.Length), size))
            .With(AttributeProto.Of("align_corners", (long)align)).EverywhereWithOnnxRuntime(1e-5, 1e-5);
    }

    private static int[] Sizes(Draw draw, int count, int low, int high) => [.. Enumerable.Range(0, count).Select(_ => draw.Int(low, high))];

    private static Tensor Widened(Tensor t) => Tensor.Create<double>(t.Shape, Array.ConvertAll(t.AsSpan<float>().ToArray(), v => (double)v));
}
