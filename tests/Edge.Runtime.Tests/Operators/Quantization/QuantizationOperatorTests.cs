using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Quantization;

public sealed class QuantizationOperatorTests
{
    private const string Microsoft = "com.microsoft";

    [Theory]
    [InlineData(DataType.UInt8, 10)]
    [InlineData(DataType.UInt8, 13)]
    [InlineData(DataType.Int8, 13)]
    [InlineData(DataType.Int8, 19)]
    [InlineData(DataType.UInt16, 21)]
    [InlineData(DataType.Int16, 21)]
    public void One_scale_serves_the_whole_tensor(DataType type, int opset)
    {
        Draw draw = new(21);
        Tensor zero = Tensor.Create(type, Shape.Scalar);
        zero.Bytes[0] = 100;
        new OperatorCase("QuantizeLinear", opset).Input(draw.Tensor(DataType.Float32, -9, 9, 3, 5, 61)).Constant(Draw.Scalar(0.037f)).Constant(zero).AgreesWithOnnxRuntime();
        Tensor q = Tensor.Create(type, new Shape(3, 5, 61));
        new Random(1).NextBytes(q.Bytes);
        new OperatorCase("DequantizeLinear", opset).Input(q).Constant(Draw.Scalar(0.037f)).Constant(zero).AgreesWithOnnxRuntime();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Each_channel_may_have_its_scale(int axis)
    {
        Draw draw = new(22);
        Shape shape = new(4, 6, 35);
        int n = shape[axis < 0 ? axis + 3 : axis];
        Tensor x = draw.Tensor(DataType.Float32, -9, 9, 4, 6, 35), scale = draw.Tensor(DataType.Float32, 0.01, 0.1, n), zero = draw.Tensor(DataType.Int8, -5, 5, n);
        AttributeProto attribute = AttributeProto.Of("axis", (long)axis);
        new OperatorCase("QuantizeLinear", 13).Input(x).Constant(scale).Constant(zero).With(attribute).AgreesWithOnnxRuntime();
        new OperatorCase("QuantizeLinear", 13).Input(x).Input(scale).Input(zero).With(attribute).AgreesWithOnnxRuntime();
        new OperatorCase("DequantizeLinear", 13).Input(draw.Bytes(DataType.Int8, 4, 6, 35)).Constant(scale).Constant(zero).With(attribute).AgreesWithOnnxRuntime();
        new OperatorCase("QuantizeLinear", 1, Microsoft).Input(x).Constant(scale).Constant(zero).With(attribute).AgreesWithOnnxRuntime();
    }

    [Fact]
    public void Int32_is_dequantized_as_biases_are() =>
        new OperatorCase("DequantizeLinear", 13).Input(new Draw(23).Tensor(DataType.Int32, -1e6, 1e6, 8, 3)).Constant(Draw.Scalar(0.0007f)).AgreesWithOnnxRuntime();

    [Fact]
    public void A_missing_zero_point_means_uint8_0() =>
        new OperatorCase("QuantizeLinear", 13).Input(new Draw(24).Float(70)).Constant(Draw.Scalar(0.02f)).AgreesWithOnnxRuntime();

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 2)]
    [InlineData(2, 16)]
    public void Blocks_share_a_scale(int axis, int size)
    {
        Draw draw = new(29);
        int[] scales = [6, 4, 50];
        scales[axis] = (scales[axis] + size - 1) / size;
        Tensor scale = draw.Tensor(DataType.Float32, 0.01, 0.1, scales), zero = draw.Tensor(DataType.Int8, -9, 9, scales);
        AttributeProto[] attributes = [AttributeProto.Of("axis", (long)axis), AttributeProto.Of("block_size", (long)size)];
        new OperatorCase("QuantizeLinear", 21).Input(draw.Float(6, 4, 50)).Constant(scale).Constant(zero).With(attributes).AgreesWithOnnxRuntime();
        new OperatorCase("DequantizeLinear", 21).Input(draw.Bytes(DataType.Int8, 6, 4, 50)).Constant(scale).Constant(zero).With(attributes).AgreesWithOnnxRuntime();
    }

    [Theory]
    [InlineData(-3, 5)]
    [InlineData(1, 2)]
    [InlineData(-7, -1)]
    [InlineData(0, 0)]
    public void A_range_may_follow_from_the_elements(double low, double high) =>
        new OperatorCase("DynamicQuantizeLinear", 11).Outputs(3).Input(new Draw(30).Tensor(DataType.Float32, low, high, 3, 67)).AgreesWithOnnxRuntime();

    [Fact]
    public void What_is_not_supported_is_refused_by_name()
    {
        Draw draw = new(25);
        Assert.Contains("scales of shape [4,3] do not fit blocks of 2; they must have shape [4,2]", new OperatorCase("QuantizeLinear", 21).Input(draw.Float(4, 4)).Constant(draw.Tensor(DataType.Float32, 1, 2, 4, 3)).With(AttributeProto.Of("block_size", 2L)).Refusal());
        Assert.Contains("3 scales do not fit axis 1 of shape [2,5]", new OperatorCase("QuantizeLinear", 13).Input(draw.Float(2, 5)).Constant(draw.Tensor(DataType.Float32, 1, 2, 3)).Refusal());
        Assert.Contains("2 scales need opset 13; the model imports 10", new OperatorCase("QuantizeLinear", 10).Input(draw.Float(2, 2)).Constant(draw.Tensor(DataType.Float32, 1, 2, 2)).Refusal());
    }

    [Theory]
    [InlineData("QLinearAdd", DataType.UInt8)]
    [InlineData("QLinearAdd", DataType.Int8)]
    [InlineData("QLinearMul", DataType.UInt8)]
    [InlineData("QLinearMul", DataType.Int8)]
    public void Integer_arithmetic_agrees_within_a_step(string op, DataType type)
    {
        Draw draw = new(26);
        foreach (var (a, b) in new (int[], int[])[] { ([1, 9, 13, 24], [1, 9, 13, 24]), ([1, 9, 13, 24], [24]), ([2, 8, 6, 6], [8, 1, 1]), ([33], [1]) })
        {
            int differ = new OperatorCase(op, 1, Microsoft)
                .Input(draw.Bytes(type, a)).Constant(Draw.Scalar(0.021f)).Constant(Draw.Zero(type, 7))
                .Input(draw.Bytes(type, b)).Constant(Draw.Scalar(0.043f)).Constant(Draw.Zero(type, 120))
                .Constant(Draw.Scalar(0.1f)).Constant(Draw.Zero(type, 50)).AgreesWithOnnxRuntime(steps: 1);
            Assert.True(differ <= 0.01 * new Shape(a).Count + 1, $"{differ} of {new Shape(a).Count} differ");
        }
    }

    [Theory]
    [InlineData("QLinearSigmoid", DataType.UInt8, true)]
    [InlineData("QLinearSigmoid", DataType.Int8, false)]
    [InlineData("QLinearLeakyRelu", DataType.UInt8, false)]
    [InlineData("QLinearLeakyRelu", DataType.Int8, true)]
    public void A_function_of_bytes_is_a_table(string op, DataType type, bool known)
    {
        OperatorCase c = new OperatorCase(op, 1, Microsoft).Input(new Draw(27).Bytes(type, 5, 211));
        foreach (Tensor t in new[] { Draw.Scalar(0.05f), Draw.Zero(type, 90), Draw.Scalar(0.0043f), Draw.Zero(type, 3) })
            if (known) c.Constant(t);
            else c.Input(t);
        if (op == "QLinearLeakyRelu") c.With(AttributeProto.Of("alpha", 0.2f));
        int differ = c.AgreesWithOnnxRuntime(steps: 1);
        Assert.True(differ <= 20, $"{differ} of 1055 differ");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Concatenated_operands_are_requantized_each_by_its_own_table(int axis)
    {
        Draw draw = new(28);
        int[] a = [2, 3, 4, 5], b = [2, 3, 4, 5];
        b[axis] = 7;
        new OperatorCase("QLinearConcat", 1, Microsoft).Constant(Draw.Scalar(0.05f)).Constant(Draw.Zero(DataType.UInt8, 128))
            .Input(draw.Bytes(DataType.UInt8, a)).Constant(Draw.Scalar(0.03f)).Constant(Draw.Zero(DataType.UInt8, 100))
            .Input(draw.Bytes(DataType.UInt8, b)).Constant(Draw.Scalar(0.05f)).Constant(Draw.Zero(DataType.UInt8, 128))
            .With(AttributeProto.Of("axis", (long)axis)).AgreesWithOnnxRuntime(steps: 1);
    }

    [Theory]
    [InlineData(DataType.UInt8, -1, 13)]
    [InlineData(DataType.Int8, 1, 13)]
    [InlineData(DataType.UInt8, 1, 12)]
    [InlineData(DataType.Int8, 2, 11)]
    public void Softmax_of_bytes_agrees_within_a_step(DataType type, int axis, int opset)
    {
        OperatorCase c = new OperatorCase("QLinearSoftmax", 1, Microsoft).Input(new Draw(40).Bytes(type, 2, 10, 37));
        foreach (Tensor t in new[] { Draw.Scalar(0.06f), Draw.Zero(type, 100), Draw.Scalar(1f / 256), Draw.Zero(type, type == DataType.Int8 ? -128 : 0) }) c.Constant(t);
        c.With(AttributeProto.Of("axis", (long)axis), AttributeProto.Of("opset", (long)opset)).AgreesWithOnnxRuntime(steps: 1);
    }

    [Fact]
    public void A_channels_last_plan_gives_the_same_bytes()
    {
        Draw draw = new(41);
        Tensor x = draw.Float(2, 19, 6, 5), q = draw.Bytes(DataType.UInt8, 2, 19, 6, 5), scale = draw.Tensor(DataType.Float32, 0.01, 0.1, 19), zero = draw.Tensor(DataType.Int8, -9, 9, 19);
        AttributeProto axis = AttributeProto.Of("axis", 1L), last = AttributeProto.Of("axis", -1L);
        new OperatorCase("QuantizeLinear", 13).Input(x).Constant(scale).Constant(zero).With(axis).BehindPool().AgreesWithOnnxRuntime();
        new OperatorCase("QuantizeLinear", 13).Input(x).Constant(Draw.Scalar(0.1f)).Constant(Draw.Zero(DataType.UInt8, 9)).BehindPool().AgreesWithOnnxRuntime();
        new OperatorCase("DequantizeLinear", 13).Input(q).Constant(scale).Constant(draw.Tensor(DataType.UInt8, 0, 9, 19)).With(axis).BehindPool().AgreesWithOnnxRuntime();
        foreach (AttributeProto a in new[] { axis, last })
        {
            OperatorCase softmax = new OperatorCase("QLinearSoftmax", 1, Microsoft).Input(q).With(a, AttributeProto.Of("opset", 13L)).BehindPool();
            foreach (Tensor t in new[] { Draw.Scalar(0.06f), Draw.Zero(DataType.UInt8, 100), Draw.Scalar(1f / 256), Draw.Zero(DataType.UInt8, 0) }) softmax.Constant(t);
            softmax.AgreesWithOnnxRuntime(steps: 1);
        }
        foreach (int[] b in new int[][] { [2, 19, 6, 5], [19, 1, 1], [1] })
            new OperatorCase("QLinearAdd", 1, Microsoft).Input(q).Constant(Draw.Scalar(0.06f)).Constant(Draw.Zero(DataType.UInt8, 100))
                .Constant(draw.Bytes(DataType.UInt8, b)).Constant(Draw.Scalar(0.03f)).Constant(Draw.Zero(DataType.UInt8, 10))
                .Constant(Draw.Scalar(0.1f)).Constant(Draw.Zero(DataType.UInt8, 50)).BehindPool().AgreesWithOnnxRuntime(steps: 1);
    }
}
