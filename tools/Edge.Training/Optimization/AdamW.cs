using System.Numerics.Tensors;

namespace Edge.Training.Optimization;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019). Decay applies to <see cref="ParameterRole.Weight"/> only.
/// One owner at a time.
/// </summary>
public sealed class AdamW
{
    private readonly (Parameter Parameter, float[] First, float[] Second)[] _slots;
    private int _steps;

    /// <param name="parameters">Those that are not trained are passed over.</param>
    public AdamW(IEnumerable<Parameter> parameters) =>
        _slots = [.. parameters.Where(p => p.IsTrained).Select(p => (p, new float[p.Shape.Count], new float[p.Shape.Count]))];

    public float Beta1 { get; init; } = 0.9f;

    public float Beta2 { get; init; } = 0.999f;

    public float Epsilon { get; init; } = 1e-8f;

    /// <summary>Share of a weight that is lost each step, times the learning rate.</summary>
    public float WeightDecay { get; init; } = 0.01f;

    /// <summary>Gradients whose joint Euclidean norm is larger are scaled down to it.</summary>
    public float MaxNorm { get; init; } = float.PositiveInfinity;

    /// <summary>Changes every parameter by its gradient.</summary>
    /// <returns>The joint norm of the gradients before it was limited.</returns>
    public double Step(float learningRate)
    {
        double norm = 0;
        foreach ((Parameter p, _, _) in _slots) norm += TensorPrimitives.SumOfSquares<float>(p.Gradient);
        norm = Math.Sqrt(norm);
        float scale = norm > MaxNorm ? (float)(MaxNorm / norm) : 1;
        _steps++;
        float correct1 = 1 - MathF.Pow(Beta1, _steps), correct2 = 1 - MathF.Pow(Beta2, _steps);
        foreach ((Parameter p, float[] first, float[] second) in _slots)
        {
            Span<float> data = p.Data;
            ReadOnlySpan<float> gradient = p.Gradient;
            float keep = p.Role == ParameterRole.Weight ? 1 - learningRate * WeightDecay : 1;
            for (int i = 0; i < first.Length; i++)
            {
                float g = gradient[i] * scale;
                float m = first[i] = Beta1 * first[i] + (1 - Beta1) * g;
                float v = second[i] = Beta2 * second[i] + (1 - Beta2) * g * g;
                data[i] = keep * data[i] - learningRate * (m / correct1) / (MathF.Sqrt(v / correct2) + Epsilon);
            }
        }
        return norm;
    }
}
