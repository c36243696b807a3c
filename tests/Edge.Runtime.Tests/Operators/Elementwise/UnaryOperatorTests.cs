using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Elementwise;

public sealed class UnaryOperatorTests
{
    [Theory]
    [InlineData("Relu", 14)]
    [InlineData("Sigmoid", 13)]
    [InlineData("HardSwish", 14)]
    [InlineData("Tanh", 13)]
    [InlineData("Softplus", 1)]
    [InlineData("Softsign", 1)]
    [InlineData("Mish", 18)]
    [InlineData("Gelu", 20)]
    [InlineData("Erf", 13)]
    [InlineData("Exp", 13)]
    [InlineData("Log", 13)]
    [InlineData("Sqrt", 13)]
    [InlineData("Reciprocal", 13)]
    [InlineData("Abs", 13)]
    [InlineData("Neg", 13)]
    [InlineData("Floor", 13)]
    [InlineData("Ceil", 13)]
    [InlineData("Round", 11)]
    [InlineData("Sin", 7)]
    [InlineData("Cos", 7)]
    [InlineData("Tan", 7)]
    [InlineData("Asin", 7)]
    [InlineData("Acos", 7)]
    [InlineData("Atan", 7)]
    [InlineData("Sinh", 9)]
    [InlineData("Cosh", 9)]
    [InlineData("Asinh", 9)]
    [InlineData("Acosh", 9)]
    [InlineData("Atanh", 9)]
    public void A_function_of_float_agrees_with_ONNX_Runtime(string op, int opset)
    {
        // Of functions with a domain, a part of the arguments lies outside of it.
        bool narrow = op is "Asin" or "Acos" or "Atanh" or "Acosh";
        Tensor x = new Draw(1).Tensor(DataType.Float32, op is "Log" or "Sqrt" ? 0 : narrow ? -1.5 : -9, narrow ? 1.5 : 9, 3, 5, 77);
        new OperatorCase(op, Math.Max(opset, 7)).Input(x).AgreesWithOnnxRuntime(3e-6, 2e-6);
    }

    [Theory]
    [InlineData("LeakyRelu", "alpha", 0.3f, 16)]
    [InlineData("LeakyRelu", null, 0, 16)]
    [InlineData("Elu", "alpha", 1.7f, 6)]
    [InlineData("Elu", null, 0, 6)]
    [InlineData("Celu", "alpha", 0.7f, 12)]
    [InlineData("ThresholdedRelu", "alpha", 2f, 10)]
    [InlineData("ThresholdedRelu", null, 0, 10)]
    [InlineData("Selu", "gamma", 2f, 6)]
    [InlineData("Selu", null, 0, 6)]
    [InlineData("HardSigmoid", "beta", 0.4f, 6)]
    [InlineData("HardSigmoid", null, 0, 6)]
    [InlineData("Shrink", "lambd", 1.5f, 9)]
    [InlineData("Shrink", "bias", 0.7f, 9)]
    [InlineData("Shrink", null, 0, 9)]
    public void Parameters_come_from_attributes(string op, string? attribute, float value, int opset)
    {
        OperatorCase c = new OperatorCase(op, Math.Max(opset, 7)).Input(new Draw(2).Float(4, 63));
        if (attribute is not null) c.With(AttributeProto.Of(attribute, value));
        c.AgreesWithOnnxRuntime(2e-6, 1e-6);
    }

    [Fact]
    public void Gelu_is_approximated_on_request()
    {
        Tensor x = new Draw(3).Float(1, 333);
        new OperatorCase("Gelu", 20).Input(x).With(AttributeProto.Of("approximate", "tanh")).AgreesWithOnnxRuntime(5e-6, 1e-6);
        Assert.Contains("approximate 'sigmoid' is not supported; supported: none, tanh", new OperatorCase("Gelu", 20).Input(x).With(AttributeProto.Of("approximate", "sigmoid")).Refusal());
    }

    [Theory]
    [InlineData(DataType.Int8)]
    [InlineData(DataType.Int32)]
    [InlineData(DataType.Int64)]
    [InlineData(DataType.Float64)]
    public void Some_functions_take_other_types(DataType type)
    {
        Tensor x = new Draw(4).Tensor(type, -100, 100, 3, 21);
        foreach (string op in new[] { "Abs", "Neg", "Sign" }) new OperatorCase(op, 13).Input(x).AgreesWithOnnxRuntime();
    }

    [Theory]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Int16)]
    [InlineData(DataType.Int64)]
    public void Bits_of_integers_are_inverted(DataType type) => new OperatorCase("BitwiseNot", 18).Input(new Draw(4).Tensor(type, 0, 100, 3, 21)).AgreesWithOnnxRuntime();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 0)]
    public void Infinities_are_found_by_sign(long positive, long negative)
    {
        Tensor x = Tensor.Create<float>(new Shape(2, 3), [1, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 0, float.MaxValue]);
        new OperatorCase("IsInf", 20).Input(x).With(AttributeProto.Of("detect_positive", positive), AttributeProto.Of("detect_negative", negative)).AgreesWithOnnxRuntime();
        new OperatorCase("IsNaN", 20).Input(x).AgreesWithOnnxRuntime();
        new OperatorCase("IsNaN", 20).Input(Tensor.Create<double>(new Shape(2), [double.NaN, 1])).AgreesWithOnnxRuntime();
    }

    [Fact]
    public void Shrink_takes_integers() =>
        new OperatorCase("Shrink", 9).Input(Tensor.Create<int>(new Shape(5), [-9, -1, 0, 1, 9])).With(AttributeProto.Of("lambd", 1f), AttributeProto.Of("bias", 2.5f))
            .EverywhereWith([Tensor.Create<int>(new Shape(5), [-6, 0, 0, 0, 6])]);

    [Fact]
    public void Not_inverts_bool() => new OperatorCase("Not").Input(new Draw(5).Tensor(DataType.Bool, 0, 1, 7, 9)).AgreesWithOnnxRuntime();

    [Fact]
    public void A_type_without_kernel_is_refused_with_those_that_have_one() =>
        Assert.Contains("of type int32 is not supported; supported: float, double", new OperatorCase("Exp", 13).Input(new Draw(1).Tensor(DataType.Int32, 0, 3, 4)).Refusal());

    [Theory]
    [InlineData(-1f, 6f)]
    [InlineData(null, 0.5f)]
    [InlineData(0.25f, null)]
    [InlineData(null, null)]
    public void Clip_takes_bounds_from_attributes_constants_and_runs(float? low, float? high)
    {
        Tensor x = new Draw(6).Tensor(DataType.Float32, -10, 10, 2, 3, 37);
        Tensor? l = low is { } a ? Draw.Scalar(a) : null, h = high is { } b ? Draw.Scalar(b) : null;
        OperatorCase attributes = new OperatorCase("Clip", 10).Input(x);
        if (low is { } lo) attributes.With(AttributeProto.Of("min", lo));
        if (high is { } hi) attributes.With(AttributeProto.Of("max", hi));
        attributes.AgreesWithOnnxRuntime();
        new OperatorCase("Clip", 13).Input(x).Constant(l).Constant(h).AgreesWithOnnxRuntime();
        new OperatorCase("Clip", 13).Input(x).Input(l).Input(h).AgreesWithOnnxRuntime();
    }

    [Theory]
    [InlineData(DataType.Int8)]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Int32)]
    [InlineData(DataType.Int64)]
    [InlineData(DataType.Float64)]
    public void Clip_takes_integers(DataType type)
    {
        Draw draw = new(7);
        Tensor x = draw.Tensor(type, 0, 100, 5, 19), low = draw.Tensor(type, 20, 20), high = draw.Tensor(type, 70, 70);
        new OperatorCase("Clip", 13).Input(x).Constant(low).Constant(high).AgreesWithOnnxRuntime();
        new OperatorCase("Clip", 13).Input(x).Constant(null).Constant(high).AgreesWithOnnxRuntime();
    }

    [Fact]
    public void A_channels_last_plan_gives_the_same_bits()
    {
        Draw draw = new(8);
        Tensor x = draw.Float(2, 19, 6, 5);
        foreach (string op in new[] { "Relu", "HardSwish", "Sigmoid" }) new OperatorCase(op, 14).Input(x).BehindPool().AgreesWithOnnxRuntime(1e-6, 1e-6);
        new OperatorCase("Clip", 13).Input(x).Constant(Draw.Scalar(-1)).Constant(Draw.Scalar(2)).BehindPool().AgreesWithOnnxRuntime();
    }
}
