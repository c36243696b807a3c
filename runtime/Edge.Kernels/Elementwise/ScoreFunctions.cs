using Edge.Kernels.Isa;

namespace Edge.Kernels.Elementwise;

/// <summary>The transforms of scores that ai.onnx.ml defines and nothing else uses. The same bytes on every ISA.</summary>
public static unsafe class ScoreFunctions
{
    /// <summary>√2 · erf⁻¹(2x − 1), with erf⁻¹ by Winitzki's approximation (a = 0.147), as ONNX Runtime has it.</summary>
    public static float Probit(float x)
    {
        const float A = 0.147f;
        float z = 2 * x - 1;
        float log = Log((1 - z) * (1 + z));
        float v = 2 / (MathF.PI * A) + 0.5f * log;
        return 1.41421356f * MathF.CopySign(MathF.Sqrt(MathF.Sqrt(v * v - log / A) - v), z);
    }

    /// <summary>
    /// Softmax in place over the elements that are not 0 (±1e-7); those stay 0 as near as makes no difference: they are
    /// multiplied by e^(−max).
    /// </summary>
    public static void SoftmaxOfNonZero(Span<float> x)
    {
        float max = float.MinValue, sum = 0;
        foreach (float v in x) max = v > max ? v : max;
        foreach (ref float v in x)
        {
            if (v is > 1e-7f or < -1e-7f) sum += v = Exp(v - max);
            else v *= Exp(-max);
        }

        foreach (ref float v in x) v /= sum;
    }

    private static float Log(float x)
    {
        float y;
        VectorMath.Log(VectorF32x1.Splat(x)).Store(&y);
        return y;
    }

    private static float Exp(float x)
    {
        float y;
        VectorMath.Exp(VectorF32x1.Splat(x)).Store(&y);
        return y;
    }
}
