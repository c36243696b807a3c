using Edge.Kernels.Elementwise;

namespace Edge.Kernels.Tests.Elementwise;

/// <summary>Functions in float64, by ways that have nothing in common with the kernels.</summary>
internal static class Reference
{
    public static double Of(UnaryFunction f, double x, double alpha, double beta) => f switch
    {
        UnaryFunction.Relu => Math.Max(x, 0),
        UnaryFunction.LeakyRelu => x >= 0 ? x : alpha * x,
        UnaryFunction.Clip => Math.Min(Math.Max(x, alpha), beta),
        UnaryFunction.Sigmoid => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x)),
        UnaryFunction.HardSigmoid => Math.Max(0, Math.Min(1, alpha * x + beta)),
        UnaryFunction.HardSwish => x * Math.Max(0, Math.Min(1, x / 6 + 0.5)),
        UnaryFunction.Swish => x * Of(UnaryFunction.Sigmoid, alpha * x, 0, 0),
        UnaryFunction.Tanh => Math.Tanh(x),
        UnaryFunction.Elu => x > 0 ? x : alpha * ExpM1(x),
        UnaryFunction.Selu => beta * (x > 0 ? x : alpha * ExpM1(x)),
        UnaryFunction.Celu => Math.Max(0, x) + Math.Min(0, alpha * ExpM1(x / alpha)),
        UnaryFunction.Softplus => Softplus(x),
        UnaryFunction.Softsign => x / (1 + Math.Abs(x)),
        UnaryFunction.ThresholdedRelu => x > alpha ? x : 0,
        UnaryFunction.Mish => x * Math.Tanh(Softplus(x)),
        UnaryFunction.Gelu => x / 2 * (1 + Erf(x / Math.Sqrt(2))),
        UnaryFunction.GeluTanh => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        UnaryFunction.Erf => Erf(x),
        UnaryFunction.Exp => Math.Exp(x),
        UnaryFunction.Log => Math.Log(x),
        UnaryFunction.Sqrt => Math.Sqrt(x),
        UnaryFunction.Reciprocal => 1 / x,
        UnaryFunction.Abs => Math.Abs(x),
        UnaryFunction.Neg => -x,
        UnaryFunction.Sign => double.IsNaN(x) ? x : Math.Sign(x),
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
        _ => throw new ArgumentOutOfRangeException(nameof(f)),
    };

    private static double ExpM1(double x)
    {
        if (Math.Abs(x) > 0.01) return Math.Exp(x) - 1;
        double term = x, sum = x;
        for (int n = 2; n < 9; n++) sum += term *= x / n;
        return sum;
    }

    private static double Softplus(double x)
    {
        if (double.IsNaN(x)) return x;
        double t = Math.Exp(-Math.Abs(x));
        if (t > 0.01) return Math.Max(x, 0) + Math.Log(1 + t);
        double power = t, log = 0;
        for (int n = 1; n < 10; n++, power *= -t) log += power / n;
        return Math.Max(x, 0) + log;
    }

    /// <summary>Maclaurin's series up to 2.5, then the continued fraction of the complement.</summary>
    private static double Erf(double x)
    {
        double a = Math.Abs(x);
        if (double.IsNaN(x)) return x;
        if (a >= 6) return Math.Sign(x);
        if (a < 2.5)
        {
            double term = x, sum = x;
            for (int n = 1; n < 80; n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }
            return sum * 2 / Math.Sqrt(Math.PI);
        }
        double fraction = a;
        for (int n = 120; n >= 1; n--) fraction = a + n / 2.0 / fraction;
        return Math.Sign(x) * (1 - Math.Exp(-a * a) / fraction / Math.Sqrt(Math.PI));
    }
}
