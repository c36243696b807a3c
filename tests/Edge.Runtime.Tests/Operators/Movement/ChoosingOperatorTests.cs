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

    [Fact]
    public void Of_boxes_with_equal_scores_the_first_is_chosen()
    {
        // Two pairs of equal boxes, all of one score; 0.5 is not above a threshold of 0.5.
        float[] box = [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 2, 2];
        OperatorCase Of(float least) => new OperatorCase("NonMaxSuppression").Input(Tensor.Create<float>(new Shape(1, 4, 4), box))
            .Input(Tensor.Create<float>(new Shape(1, 1, 4), [0.5f, 0.5f, 0.5f, 0.5f])).Constant(Tensor.Create<long>(Shape.Scalar, [10]))
            .Constant(Tensor.Create<float>(Shape.Scalar, [0.5f])).Constant(Tensor.Create<float>(Shape.Scalar, [least]));
        Assert.Equal([0, 0, 0, 0, 0, 2], Of(0.4f).OnEveryIsa()[0].AsSpan<long>().ToArray());
        Of(0.4f).EverywhereWithOnnxRuntime();
        Assert.Equal(new Shape(0, 3), Of(0.5f).OnEveryIsa()[0].Shape);
        Of(0.5f).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [InlineData(0, 1, 3)]
    [InlineData(1, 0, 3)]
    [InlineData(1, 2, 0)]
    public void Without_boxes_classes_or_pictures_nothing_is_chosen(int pictures, int classes, int boxes)
    {
        var draw = new Draw(1);
        OperatorCase Of() => new OperatorCase("NonMaxSuppression").Input(draw.Float(pictures, boxes, 4)).Input(draw.Float(pictures, classes, boxes));
        Assert.Equal(new Shape(0, 3), Of().Constant(Tensor.Create<long>(Shape.Scalar, [10])).OnEveryIsa()[0].Shape);
        // No number of boxes is none.
        Assert.Equal(new Shape(0, 3), new OperatorCase("NonMaxSuppression").Input(draw.Float(1, 3, 4)).Input(draw.Float(1, 1, 3)).OnEveryIsa()[0].Shape);
    }

    [Fact]
    public void TopK_takes_every_numeric_type_sorted_or_not_and_one_output_alone()
    {
        foreach (DataType type in (DataType[])[DataType.Int8, DataType.UInt8, DataType.Int16, DataType.UInt16, DataType.Int32, DataType.Int64, DataType.Float32, DataType.Float64])
        {
            Tensor x = new Draw((int)type).Tensor(type, 0, 9, 3, 11);
            OperatorCase Of() => new OperatorCase("TopK").Input(x).Constant(Tensor.Create<long>(new Shape(1), [4])).With(AttributeProto.Of("sorted", 0L));
            IReadOnlyList<Tensor> both = Of().Outputs(2).OnEveryIsa();
            TensorAssert.SameBits(both[0], Of().OnEveryIsa()[0], "TopK");
            for (int i = 0; i < both[0].Count; i++)
            {
                Assert.Equal(TensorAssert.At(both[0], i), TensorAssert.At(x, i / 4 * 11 + (int)both[1].AsSpan<long>()[i]));
                if (i % 4 > 0) Assert.True(TensorAssert.At(both[0], i - 1) >= TensorAssert.At(both[0], i));
            }
        }
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
