using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Movement;

/// <summary>Operators that choose or generate elements.</summary>
public class ChoosingOperatorTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 40)]
    public void TopK_returns_the_best_in_order_and_the_first_of_equals(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = [draw.Int(1, 3), draw.Int(1, 40), draw.Int(1, 3)];
        int axis = draw.Int(0, 2), k = draw.Int(0, dims[axis]);
        DataType type = new[] { DataType.Float32, DataType.Int64, DataType.Int32, DataType.Float64 }[draw.Int(0, 3)];
        // Few distinct values, so that there are equal ones.
        Tensor x = draw.Tensor(DataType.Int64, -5, 5, dims);
        Tensor values = Tensor.Create(type, x.Shape);
        for (int i = 0; i < x.Count; i++)
        {
            long v = x.AsSpan<long>()[i];
            if (type == DataType.Float32) values.AsSpan<float>()[i] = v;
            else if (type == DataType.Float64) values.AsSpan<double>()[i] = v;
            else if (type == DataType.Int32) values.AsSpan<int>()[i] = (int)v;
            else values.AsSpan<long>()[i] = v;
        }

        Tensor count = Tensor.Create<long>(new Shape(1), [k]);
        OperatorCase test = new OperatorCase("TopK").Input(values);
        test = draw.Int(0, 1) == 0 ? test.Constant(count) : test.Input(count);
        test.Outputs(2).With(AttributeProto.Of("axis", (long)axis), AttributeProto.Of("largest", (long)draw.Int(0, 1))).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Seeds), 30)]
    public void NonMaxSuppression_chooses_the_boxes_that_ONNX_Runtime_chooses(int seed)
    {
        var draw = new Draw(seed);
        int pictures = draw.Int(1, 2), classes = draw.Int(1, 3), boxes = draw.Int(1, 40);
        bool centers = draw.Int(0, 1) == 0;
        Tensor box = draw.Tensor(DataType.Float32, 0, 1, pictures, boxes, 4);
        OperatorCase test = new OperatorCase("NonMaxSuppression").Input(box).Input(draw.Tensor(DataType.Float32, 0, 1, pictures, classes, boxes))
            .Constant(Tensor.Create<long>(new Shape(1), [draw.Int(0, 10)])).Constant(Tensor.Create<float>(new Shape(1), [0.3f]));
        if (draw.Int(0, 1) == 0) test = test.Constant(Tensor.Create<float>(new Shape(1), [0.4f]));
        test.With(AttributeProto.Of("center_point_box", centers ? 1L : 0)).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Seeds), 10)]
    public void NonZero_and_Compress_find_what_is_set(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = MovementOperatorTests.Dims(draw, 1, 4);
        new OperatorCase("NonZero").Input(draw.Tensor(DataType.Int32, 0, 1, dims)).EverywhereWithOnnxRuntime();
        Tensor x = draw.Float(dims);
        int axis = draw.Int(0, dims.Length - 1);
        Tensor condition = draw.Tensor(DataType.Bool, 0, 1, draw.Int(1, dims[axis]));
        new OperatorCase("Compress").Input(x).Input(condition).With(AttributeProto.Of("axis", (long)axis)).EverywhereWithOnnxRuntime();
        new OperatorCase("Compress").Input(x).Constant(condition).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Seeds), 10)]
    public void OneHot_Trilu_CumSum_and_EyeLike_agree_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int[] dims = MovementOperatorTests.Dims(draw, 1, 3);
        Tensor depth = Tensor.Create<long>(new Shape(1), [draw.Int(1, 5)]);
        OperatorCase oneHot = new OperatorCase("OneHot").Input(draw.Tensor(DataType.Int64, -6, 6, dims));
        oneHot = draw.Int(0, 1) == 0 ? oneHot.Constant(depth) : oneHot.Input(depth);
        oneHot.Input(Tensor.Create<float>(new Shape(2), [-1, 2])).With(AttributeProto.Of("axis", (long)draw.Int(-dims.Length - 1, dims.Length))).EverywhereWithOnnxRuntime();

        int[] matrix = [.. dims, draw.Int(1, 5), draw.Int(1, 5)];
        new OperatorCase("Trilu").Input(draw.Float(matrix)).Input(Tensor.Create<long>(Shape.Scalar, [draw.Int(-6, 6)]))
            .With(AttributeProto.Of("upper", (long)draw.Int(0, 1))).EverywhereWithOnnxRuntime();
        new OperatorCase("CumSum").Input(draw.Float(matrix)).Input(Tensor.Create<int>(Shape.Scalar, [draw.Int(-matrix.Length, matrix.Length - 1)]))
            .With(AttributeProto.Of("exclusive", (long)draw.Int(0, 1)), AttributeProto.Of("reverse", (long)draw.Int(0, 1))).EverywhereWithOnnxRuntime(1e-6, 1e-6);
        new OperatorCase("EyeLike").Input(draw.Float(draw.Int(1, 6), draw.Int(1, 6))).With(AttributeProto.Of("k", (long)draw.Int(-3, 3))).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [InlineData(3.0, 10.0, 2.0)]
    [InlineData(10.0, 3.0, -3.0)]
    [InlineData(3.0, 3.0, 1.0)]
    public void Range_counts_as_ONNX_Runtime_does(double start, double limit, double delta)
    {
        OperatorCase Of(Func<double, Tensor> make, bool constant)
        {
            var test = new OperatorCase("Range");
            foreach (double v in (double[])[start, limit, delta]) test = constant ? test.Constant(make(v)) : test.Input(make(v));
            return test;
        }

        foreach (bool constant in (bool[])[true, false])
        {
            Of(v => Tensor.Create<long>(Shape.Scalar, [(long)v]), constant).EverywhereWithOnnxRuntime();
            Of(v => Tensor.Create<int>(Shape.Scalar, [(int)v]), constant).EverywhereWithOnnxRuntime();
            Of(v => Tensor.Create<float>(Shape.Scalar, [(float)v / 3]), constant).EverywhereWithOnnxRuntime(1e-6, 1e-6);
        }
    }

    [Fact]
    public void An_unusable_k_is_refused()
    {
        string message = new OperatorCase("TopK").Input(new Draw(1).Float(2, 3)).Constant(Tensor.Create<long>(new Shape(1), [4])).Outputs(2).Refusal();
        Assert.Equal("TopK 'TopK_0': k is 4; axis 1 of [2,3] has 3 elements", message);
    }
}
