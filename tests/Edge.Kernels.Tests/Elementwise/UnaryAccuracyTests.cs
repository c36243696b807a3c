using Edge.Kernels.Elementwise;
using Edge.Kernels.Threading;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Elementwise;

/// <summary>
/// Runs every function over float32 arguments of all magnitudes: each 8191st bit pattern, or with
/// <c>EDGE_EXHAUSTIVE=1</c> all 2³² of them.
/// </summary>
public sealed unsafe class UnaryAccuracyTests
{
    private const int Block = 4096;

    private static readonly uint s_step = Environment.GetEnvironmentVariable("EDGE_EXHAUSTIVE") == "1" ? 1u : 8191u;

    public static TheoryData<UnaryFunction, double, double> Functions => new()
    {
        { UnaryFunction.Relu, 0, 0 },
        { UnaryFunction.LeakyRelu, 0.01, 0 },
        { UnaryFunction.Clip, -1.5, 6 },
        { UnaryFunction.Sigmoid, 0, 0 },
        { UnaryFunction.HardSigmoid, 0.2, 0.5 },
        { UnaryFunction.HardSwish, 0, 0 },
        { UnaryFunction.Swish, 1, 0 },
        { UnaryFunction.Tanh, 0, 0 },
        { UnaryFunction.Elu, 1, 0 },
        { UnaryFunction.Selu, 1.67326, 1.0507 },
        { UnaryFunction.Celu, 2, 0 },
        { UnaryFunction.Softplus, 0, 0 },
        { UnaryFunction.Softsign, 0, 0 },
        { UnaryFunction.ThresholdedRelu, 1, 0 },
        { UnaryFunction.Mish, 0, 0 },
        { UnaryFunction.Gelu, 0, 0 },
        { UnaryFunction.GeluTanh, 0, 0 },
        { UnaryFunction.Erf, 0, 0 },
        { UnaryFunction.Exp, 0, 0 },
        { UnaryFunction.Log, 0, 0 },
        { UnaryFunction.Sqrt, 0, 0 },
        { UnaryFunction.Reciprocal, 0, 0 },
        { UnaryFunction.Abs, 0, 0 },
        { UnaryFunction.Neg, 0, 0 },
        { UnaryFunction.Sign, 0, 0 },
        { UnaryFunction.Floor, 0, 0 },
        { UnaryFunction.Ceil, 0, 0 },
        { UnaryFunction.Round, 0, 0 },
        { UnaryFunction.Sin, 0, 0 },
        { UnaryFunction.Cos, 0, 0 },
        { UnaryFunction.Tan, 0, 0 },
        { UnaryFunction.Asin, 0, 0 },
        { UnaryFunction.Acos, 0, 0 },
        { UnaryFunction.Atan, 0, 0 },
        { UnaryFunction.Sinh, 0, 0 },
        { UnaryFunction.Cosh, 0, 0 },
        { UnaryFunction.Asinh, 0, 0 },
        { UnaryFunction.Acosh, 0, 0 },
        { UnaryFunction.Atanh, 0, 0 },
        { UnaryFunction.Shrink, 0.5, 0.25 },
    };

    /// <summary>Distance from the exact value that the documentation states, in units of the last place.</summary>
    private static double BoundInUlp(UnaryFunction f) => f switch
    {
        UnaryFunction.Exp or UnaryFunction.Log => 1,
        UnaryFunction.Softplus or UnaryFunction.Erf => 2,
        UnaryFunction.Tanh or UnaryFunction.Sigmoid => 3,
        UnaryFunction.Elu or UnaryFunction.Softsign => 2.5,
        UnaryFunction.Selu or UnaryFunction.Celu => 4,
        UnaryFunction.Swish or UnaryFunction.Mish => 6,
        >= UnaryFunction.Sin and <= UnaryFunction.Atanh => 0.51,
        UnaryFunction.LeakyRelu => 1,
        _ => 0.5,
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Every_vector_gives_the_bits_of_the_scalar_definition(UnaryFunction f, double alpha, double beta)
    {
        UnaryKernel scalar = LaneSets.Scalar.Unary(f, DataType.Float32, alpha, beta)!;
        UnaryKernel[] vectors = [.. LaneSets.Vector.Select(s => s.Kernels.Unary(f, DataType.Float32, alpha, beta)!)];
        ForAllArguments((x, want, y) =>
        {
            scalar.Run(x.Data, want.Data, Block, WorkerPool.Inline);
            foreach (UnaryKernel v in vectors)
            {
                v.Run(x.Data, y.Data, Block, WorkerPool.Inline);
                for (int i = 0; i < Block; i++) AssertSameBits(v.Name, Get(x, i), Get(want, i), Get(y, i));
            }
        });
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void The_result_is_within_the_stated_bound_of_the_exact_value(UnaryFunction f, double alpha, double beta)
    {
        UnaryKernel kernel = LaneSets.All[^1].Kernels.Unary(f, DataType.Float32, alpha, beta)!;
        // The parameters are float32 numbers.
        (double a, double b) = ((float)alpha, (float)beta);
        ForAllArguments((x, _, y) =>
        {
            kernel.Run(x.Data, y.Data, Block, WorkerPool.Inline);
            for (int i = 0; i < Block; i++) AssertClose(f, Get(x, i), Reference.Of(f, Get(x, i), a, b), Get(y, i));
        });
    }

    private static void AssertClose(UnaryFunction f, float x, double exact, float y)
    {
        if (double.IsNaN(exact) || float.IsNaN(y))
        {
            // An infinity times 0 within a product is NaN in the kernel; the reference may see the limit.
            bool formula = float.IsInfinity(x) && float.IsNaN(y);
            bool threshold = f is UnaryFunction.ThresholdedRelu or UnaryFunction.Shrink && y == 0;
            if (double.IsNaN(exact) != float.IsNaN(y) && !formula && !threshold) Assert.Fail($"{f}({x:R}) = {y:R}, exactly {exact:R}");
            return;
        }
        if (float.IsInfinity((float)exact) || float.IsInfinity(y))
        {
            double limit = Math.Abs(exact) - 2e31;
            if ((float)exact != y && !(Math.Abs(y) >= limit)) Assert.Fail($"{f}({x:R}) = {y:R}, exactly {exact:R}");
            return;
        }
        double error = Math.Abs(y - exact);
        // Sums that cancel are held to the magnitude of what is subtracted.
        double scale = f switch
        {
            UnaryFunction.Gelu or UnaryFunction.HardSwish => Math.Max(Math.Abs(exact), Math.Min(Math.Abs(x), 6) / 2),
            UnaryFunction.GeluTanh => Math.Max(Math.Abs(exact), Math.Abs(x) * 1e-5),
            UnaryFunction.HardSigmoid => 1,
            // The factor may be denormal, with an error of its own.
            UnaryFunction.Swish or UnaryFunction.Mish => Math.Max(Math.Abs(exact), Math.Abs(x) * Math.ScaleB(1, -126)),
            _ => Math.Abs(exact),
        };
        double bound = f switch
        {
            UnaryFunction.Gelu or UnaryFunction.HardSwish => 2,
            UnaryFunction.GeluTanh => 30,
            UnaryFunction.HardSigmoid => 1,
            _ => BoundInUlp(f),
        };
        if (!(error <= bound * Ulp(scale))) Assert.Fail($"{f}({x:R}) = {y:R}, exactly {exact:R}: {error / Ulp(scale):F3} ulp");
    }

    /// <summary>The distance of float32 numbers around <paramref name="x"/>.</summary>
    private static double Ulp(double x) => Math.ScaleB(1, Math.Max(x == 0 ? -126 : Math.ILogB(x), -126) - 23);

    private static void ForAllArguments(Action<Tensor, Tensor, Tensor> check)
    {
        Tensor x = Tensor.Create<float>(new Shape(Block)), a = Tensor.Create<float>(new Shape(Block)), b = Tensor.Create<float>(new Shape(Block));
        ulong bits = 0;
        while (bits <= uint.MaxValue)
        {
            foreach (ref float v in x.AsSpan<float>())
            {
                v = BitConverter.UInt32BitsToSingle((uint)bits);
                bits += s_step;
            }
            check(x, a, b);
        }
    }

    private static float Get(Tensor t, int i) => ((float*)t.Data)[i];

    private static void AssertSameBits(string kernel, float x, float want, float got)
    {
        if (BitConverter.SingleToInt32Bits(want) == BitConverter.SingleToInt32Bits(got) || float.IsNaN(want) && float.IsNaN(got)) return;
        Assert.Fail($"{kernel}({x:R}) = {got:R}, by the scalar definition {want:R}");
    }
}
