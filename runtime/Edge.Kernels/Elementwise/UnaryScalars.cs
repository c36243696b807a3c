using System.Numerics;

namespace Edge.Kernels.Elementwise;

/// <summary>Functions of float32 that are computed in float64, one by one, with the same bits on every machine.</summary>
internal readonly struct ElementaryScalar(UnaryFunction function) : IUnaryScalar<float>
{
    public float Apply(float x) => function switch
    {
        UnaryFunction.Sin => Trigonometry.Sin(x),
        UnaryFunction.Cos => Trigonometry.Cos(x),
        UnaryFunction.Tan => Trigonometry.Tan(x),
        UnaryFunction.Asin => (float)ElementaryF64.Asin(x),
        UnaryFunction.Acos => (float)ElementaryF64.Acos(x),
        UnaryFunction.Atan => (float)ElementaryF64.Atan(x),
        UnaryFunction.Sinh => (float)ElementaryF64.Sinh(x),
        UnaryFunction.Cosh => (float)ElementaryF64.Cosh(x),
        UnaryFunction.Asinh => (float)ElementaryF64.Asinh(x),
        UnaryFunction.Acosh => (float)ElementaryF64.Acosh(x),
        UnaryFunction.Atanh => (float)ElementaryF64.Atanh(x),
        _ => throw new NotSupportedException($"{function} is not an elementary function"),
    };
}

internal readonly struct ReluScalar<T> : IUnaryScalar<T> where T : unmanaged, INumber<T>
{
    public T Apply(T x) => T.Zero > x ? T.Zero : x;
}

/// <summary>The least integer has no opposite and stays as it is.</summary>
internal readonly struct AbsScalar<T> : IUnaryScalar<T> where T : unmanaged, INumber<T>
{
    public T Apply(T x) => T.IsNegative(x) ? unchecked(-x) : x;
}

internal readonly struct NegScalar<T> : IUnaryScalar<T> where T : unmanaged, INumber<T>
{
    public T Apply(T x) => unchecked(-x);
}

internal readonly struct SignScalar<T> : IUnaryScalar<T> where T : unmanaged, INumber<T>
{
    public T Apply(T x) => x > T.Zero ? T.One : x < T.Zero ? -T.One : x;
}

internal readonly struct BitNotScalar<T> : IUnaryScalar<T> where T : unmanaged, IBinaryInteger<T>
{
    public T Apply(T x) => ~x;
}

/// <summary>In float64; the result is truncated toward zero.</summary>
internal readonly struct ShrinkInteger<T>(double alpha, double beta) : IUnaryScalar<T> where T : unmanaged, IBinaryInteger<T>
{
    public T Apply(T x)
    {
        double v = double.CreateTruncating(x);
        return v < -alpha ? T.CreateTruncating(v + beta) : v > alpha ? T.CreateTruncating(v - beta) : T.Zero;
    }
}

internal readonly struct IsNaNScalar<T> : IPredicate<T> where T : unmanaged, IFloatingPoint<T>
{
    public bool Holds(T x) => T.IsNaN(x);
}

internal readonly struct IsInfScalar<T>(bool positive, bool negative) : IPredicate<T> where T : unmanaged, IFloatingPoint<T>
{
    public bool Holds(T x) => positive && T.IsPositiveInfinity(x) || negative && T.IsNegativeInfinity(x);
}

/// <summary>Bool is read as a byte: any that is not 0 is true.</summary>
internal readonly struct NotScalar : IUnaryScalar<byte>
{
    public byte Apply(byte x) => x == 0 ? (byte)1 : (byte)0;
}

/// <summary>Every function on float64; the transcendental ones are those of the platform's mathematics library.</summary>
internal readonly struct DoubleScalar(UnaryFunction function, double alpha, double beta) : IUnaryScalar<double>
{
    public double Apply(double x) => function switch
    {
        UnaryFunction.Relu => 0 > x ? 0 : x,
        UnaryFunction.LeakyRelu => x >= 0 ? x : alpha * x,
        UnaryFunction.Clip => Math.Min(Math.Max(x, alpha), beta),
        UnaryFunction.Sigmoid => Sigmoid(x),
        UnaryFunction.HardSigmoid => Math.Max(0, Math.Min(1, alpha * x + beta)),
        UnaryFunction.HardSwish => x * Math.Max(0, Math.Min(1, x / 6 + 0.5)),
        UnaryFunction.Swish => x * Sigmoid(alpha * x),
        UnaryFunction.Tanh => Math.Tanh(x),
        UnaryFunction.Elu => x > 0 ? x : alpha * (Math.Exp(x) - 1),
        UnaryFunction.Selu => beta * (x > 0 ? x : alpha * (Math.Exp(x) - 1)),
        UnaryFunction.Celu => Math.Max(0, x) + Math.Min(0, alpha * (Math.Exp(x / alpha) - 1)),
        UnaryFunction.Softplus => Softplus(x),
        UnaryFunction.Softsign => x / (1 + Math.Abs(x)),
        UnaryFunction.ThresholdedRelu => x > alpha ? x : 0,
        UnaryFunction.Mish => x * Math.Tanh(Softplus(x)),
        UnaryFunction.GeluTanh => x * Sigmoid(2 * Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)),
        UnaryFunction.Exp => Math.Exp(x),
        UnaryFunction.Log => Math.Log(x),
        UnaryFunction.Sqrt => Math.Sqrt(x),
        UnaryFunction.Reciprocal => 1 / x,
        UnaryFunction.Abs => Math.Abs(x),
        UnaryFunction.Neg => -x,
        UnaryFunction.Sign => x > 0 ? 1 : x < 0 ? -1 : x,
        UnaryFunction.Floor => Math.Floor(x),
        UnaryFunction.Ceil => Math.Ceiling(x),
        UnaryFunction.Round => Math.Round(x, MidpointRounding.ToEven),
        UnaryFunction.Sin => Math.Sin(x),
        UnaryFunction.Cos => Math.Cos(x),
        UnaryFunction.Tan => Math.Tan(x),
        UnaryFunction.Asin => Math.Asin(x),
        UnaryFunction.Acos => Math.Acos(x),
        UnaryFunction.Atan => Math.Atan(x),
        UnaryFunction.Sinh => Math.Sinh(x),
        UnaryFunction.Cosh => Math.Cosh(x),
        UnaryFunction.Asinh => Math.Asinh(x),
        UnaryFunction.Acosh => Math.Acosh(x),
        UnaryFunction.Atanh => Math.Atanh(x),
        UnaryFunction.Shrink => x < -alpha ? x + beta : x > alpha ? x - beta : 0,
        _ => throw new NotSupportedException($"{function} has no float64 form"),
    };

    private static double Sigmoid(double x)
    {
        double e = Math.Exp(-Math.Abs(x));
        return (x >= 0 ? 1 : e) / (1 + e);
    }

    private static double Softplus(double x)
    {
        double t = Math.Exp(-Math.Abs(x)), u = 1 + t;
        return Math.Max(x, 0) + Math.Log(u) + (t - (u - 1)) / u;
    }
}
