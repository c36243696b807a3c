using Edge.Kernels.Elementwise;
using Edge.Runtime.Operators.Binary;
using Edge.Runtime.Operators.Lookup;
using Edge.Runtime.Operators.Pooling;
using Edge.Runtime.Operators.QLinear;
using Edge.Runtime.Operators.Quantization;
using Edge.Runtime.Operators.Unary;
using Edge.Runtime.Operators.Where;
using Edge.Tensors;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    private static readonly DataType[] s_floats = [DataType.Float32, DataType.Float64];

    /// <summary>Elementwise, reduction, pooling, normalisation and quantization operators.</summary>
    private static IEnumerable<Operator> CreateMath() => [.. CreateUnary(), .. CreateBinary(), .. CreateQuantized(), .. CreatePools()];

    private static IEnumerable<Operator> CreateUnary() =>
    [
        new UnaryOperator("Relu", UnaryFunction.Relu),
        new UnaryOperator("LeakyRelu", UnaryFunction.LeakyRelu, alpha: new("alpha", 0.01f)),
        new UnaryOperator("ThresholdedRelu", UnaryFunction.ThresholdedRelu, 10, new("alpha", 1)),
        new UnaryOperator("Elu", UnaryFunction.Elu, alpha: new("alpha", 1)),
        new UnaryOperator("Selu", UnaryFunction.Selu, 6, new("alpha", 1.67326319217681884765625f), new("gamma", 1.05070102214813232421875f)),
        new UnaryOperator("Celu", UnaryFunction.Celu, 12, new("alpha", 1)),
        new UnaryOperator("Sigmoid", UnaryFunction.Sigmoid),
        new UnaryOperator("HardSigmoid", UnaryFunction.HardSigmoid, 6, new("alpha", 0.2f), new("beta", 0.5f)),
        new UnaryOperator("HardSwish", UnaryFunction.HardSwish, 14),
        new UnaryOperator("Swish", UnaryFunction.Swish, 24, new("alpha", 1)),
        new UnaryOperator("QuickGelu", UnaryFunction.Swish, 1, new("alpha", 1.702f), domain: Microsoft),
        new UnaryOperator("Tanh", UnaryFunction.Tanh),
        new UnaryOperator("Softplus", UnaryFunction.Softplus, 1),
        new UnaryOperator("Softsign", UnaryFunction.Softsign, 1),
        new UnaryOperator("Mish", UnaryFunction.Mish, 18),
        new GeluOperator(),
        new UnaryOperator("Gelu", UnaryFunction.Gelu, 1, domain: Microsoft),
        new UnaryOperator("Erf", UnaryFunction.Erf, 9),
        new UnaryOperator("Exp", UnaryFunction.Exp),
        new UnaryOperator("Log", UnaryFunction.Log),
        new UnaryOperator("Sqrt", UnaryFunction.Sqrt),
        new UnaryOperator("Reciprocal", UnaryFunction.Reciprocal),
        new UnaryOperator("Abs", UnaryFunction.Abs),
        new UnaryOperator("Neg", UnaryFunction.Neg),
        new UnaryOperator("Sign", UnaryFunction.Sign, 9),
        new UnaryOperator("Floor", UnaryFunction.Floor),
        new UnaryOperator("Ceil", UnaryFunction.Ceil),
        new UnaryOperator("Round", UnaryFunction.Round, 11),
        new UnaryOperator("Sin", UnaryFunction.Sin, 7),
        new UnaryOperator("Cos", UnaryFunction.Cos, 7),
        new UnaryOperator("Tan", UnaryFunction.Tan, 7),
        new UnaryOperator("Asin", UnaryFunction.Asin, 7),
        new UnaryOperator("Acos", UnaryFunction.Acos, 7),
        new UnaryOperator("Atan", UnaryFunction.Atan, 7),
        new UnaryOperator("Sinh", UnaryFunction.Sinh, 9),
        new UnaryOperator("Cosh", UnaryFunction.Cosh, 9),
        new UnaryOperator("Asinh", UnaryFunction.Asinh, 9),
        new UnaryOperator("Acosh", UnaryFunction.Acosh, 9),
        new UnaryOperator("Atanh", UnaryFunction.Atanh, 9),
        new UnaryOperator("Shrink", UnaryFunction.Shrink, 9, new("lambd", 0.5f), new("bias", 0)),
        new UnaryOperator("Not", UnaryFunction.Not, 1),
        new UnaryOperator("BitwiseNot", UnaryFunction.BitNot, 18),
        new UnaryOperator("IsNaN", UnaryFunction.IsNaN, 9),
        new IsInfOperator(),
        new ClipOperator(),
    ];

    private static IEnumerable<Operator> CreateBinary() =>
    [
        new BinaryOperator("Add", BinaryFunction.Add),
        new BinaryOperator("Sub", BinaryFunction.Sub),
        new BinaryOperator("Mul", BinaryFunction.Mul),
        new BinaryOperator("Div", BinaryFunction.Div),
        new PowOperator(),
        new ModOperator(),
        new PReluOperator(),
        new VariadicOperator("Sum", BinaryFunction.Add, s_floats),
        new VariadicOperator("Mean", BinaryFunction.Add, s_floats, mean: true),
        new VariadicOperator("Max", BinaryFunction.Max),
        new VariadicOperator("Min", BinaryFunction.Min),
        new BinaryOperator("Equal", BinaryFunction.Equal),
        new BinaryOperator("Greater", BinaryFunction.Greater),
        new BinaryOperator("GreaterOrEqual", BinaryFunction.GreaterOrEqual, 12),
        new BinaryOperator("Less", BinaryFunction.Less),
        new BinaryOperator("LessOrEqual", BinaryFunction.LessOrEqual, 12),
        new BinaryOperator("And", BinaryFunction.And),
        new BinaryOperator("Or", BinaryFunction.Or),
        new BinaryOperator("Xor", BinaryFunction.Xor),
        new BinaryOperator("BitwiseAnd", BinaryFunction.BitAnd, 18),
        new BinaryOperator("BitwiseOr", BinaryFunction.BitOr, 18),
        new BinaryOperator("BitwiseXor", BinaryFunction.BitXor, 18),
        new BitShiftOperator(),
        new WhereOperator(),
    ];

    private static IEnumerable<Operator> CreateQuantized() =>
    [
        new QuantizeLinearOperator(),
        new QuantizeLinearOperator(Microsoft, 1),
        new DequantizeLinearOperator(),
        new DequantizeLinearOperator(Microsoft, 1),
        new DynamicQuantizeLinearOperator(),
        new LookupOperator(),
        new QuantizedUnaryOperator("Requantize", Internal),
        new QuantizedUnaryOperator("QLinearSigmoid", Microsoft, UnaryFunction.Sigmoid),
        new QuantizedUnaryOperator("QLinearLeakyRelu", Microsoft, UnaryFunction.LeakyRelu, new("alpha", 0.01f)),
        new QLinearBinaryOperator("QLinearAdd", BinaryFunction.Add),
        new QLinearBinaryOperator("QLinearMul", BinaryFunction.Mul),
        new QLinearConcatOperator(),
        new QLinearSoftmaxOperator(),
    ];

    private static IEnumerable<Operator> CreatePools() =>
    [
        new MaxPoolOperator("MaxPool", global: false),
        new MaxPoolOperator("GlobalMaxPool", global: true),
        new AveragePoolOperator("AveragePool", global: false),
        new AveragePoolOperator("GlobalAveragePool", global: true),
        new LpPoolOperator("LpPool", global: false),
        new LpPoolOperator("GlobalLpPool", global: true),
        new QLinearPoolOperator("QLinearAveragePool", global: false),
        new QLinearPoolOperator("QLinearGlobalAveragePool", global: true),
    ];
}
