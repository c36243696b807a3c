using System.Numerics.Tensors;
using Edge.Quantization.Rewrite.Qdq;

namespace Edge.Quantization.Rounding;

/// <summary>
/// Rounding with error feedback (Frantar et al. 2022, "GPTQ"): weights of a row are rounded one after the other, and those that
/// follow take over the error, as the second moments H of the layer's input correlate them. In its equivalent form, Babai's
/// nearest plane: with H = L·Lᵀ, from the last column to the first, q[j] = round((w[j] + Σ_{k>j} L[k,j]·e[k] / L[j,j]) / s),
/// e = w − s·q. Then single integers move by one as long as that lowers (w − s·q)ᵀ·H·(w − s·q) (coordinate descent, as
/// Behdin et al. 2023, "QuantEase"). The weights that are rounded are, with <paramref name="compensate"/>, those that also
/// compensate for the error of the layer's input: w + (y − w·x)·xᵀ·H⁻¹.
/// </summary>
/// <param name="compensate">Whether to aim at the float layer's result instead of its weights.</param>
internal sealed class ErrorFeedbackRounding(bool compensate) : IRoundingMethod
{
    /// <summary>Moves of single integers for each weight, at most.</summary>
    private const int MostMoves = 2;

    public sbyte[] Round(LayerProblem problem, CancellationToken cancellation)
    {
        sbyte[] codes = [.. problem.Nearest];
        int groups = problem.Layer.Groups, rows = problem.RowsOfGroup;
        if (groups > 1)
        {
            Parallel.For(0, groups, new ParallelOptions { CancellationToken = cancellation }, g =>
            {
                if (SecondMoments.Of(problem, g, parallel: false) is not { } moments) return;
                for (int r = g * rows; r < (g + 1) * rows; r++) RoundRow(problem, moments, r, codes);
            });
        }
        else if (SecondMoments.Of(problem, 0, parallel: true) is { } moments)
        {
            Parallel.For(0, rows, new ParallelOptions { CancellationToken = cancellation }, r => RoundRow(problem, moments, r, codes));
        }
        return codes;
    }

    private void RoundRow(LayerProblem problem, SecondMoments moments, int row, sbyte[] codes)
    {
        int size = moments.Size;
        float scale = problem.Scales[row];
        float[] weights = problem.Weights.AsSpan(row * size, size).ToArray();
        if (compensate) Compensate(problem, moments, row, weights);
        Span<sbyte> q = codes.AsSpan(row * size, size);
        float[] feedback = new float[size], errors = new float[size];
        for (int j = size - 1; j >= 0; j--)
        {
            float[] factor = moments.Factor[j];
            q[j] = Code((weights[j] + (feedback[j] / factor[j])) / scale);
            errors[j] = weights[j] - (q[j] * scale);
            TensorPrimitives.MultiplyAdd(factor.AsSpan(0, j), errors[j], feedback.AsSpan(0, j), feedback.AsSpan(0, j));
        }
        Descend(moments, scale, q, errors);
    }

    /// <summary>Adds the least change of the weights that makes up, as far as it can, for what differs in the input.</summary>
    private static void Compensate(LayerProblem problem, SecondMoments moments, int row, float[] weights)
    {
        int group = row / problem.RowsOfGroup, size = weights.Length, count = problem.Shown.Length;
        float[] residual = new float[count];
        for (int p = 0; p < count; p++)
            residual[p] = problem.Result(problem.Shown[p])[row] - TensorPrimitives.Dot(weights, problem.Column(problem.Shown[p], group));
        float shift = problem.Layer.TakesBias ? residual.Average() : problem.Layer.RealBias()[row];
        float[] z = new float[size];
        for (int p = 0; p < count; p++) TensorPrimitives.MultiplyAdd(problem.Column(problem.Shown[p], group), (residual[p] - shift) / count, z, z);
        // L·Lᵀ·d = z.
        for (int i = 0; i < size; i++) z[i] = (z[i] - TensorPrimitives.Dot<float>(moments.Factor[i].AsSpan(0, i), z.AsSpan(0, i))) / moments.Factor[i][i];
        for (int i = size - 1; i >= 0; i--)
        {
            z[i] /= moments.Factor[i][i];
            TensorPrimitives.MultiplyAdd(moments.Factor[i].AsSpan(0, i), -z[i], z.AsSpan(0, i), z.AsSpan(0, i));
        }
        TensorPrimitives.Add<float>(weights, z, weights);
    }

    /// <summary>Moves the integer that gains most by it, until none gains.</summary>
    private static void Descend(SecondMoments moments, float scale, Span<sbyte> q, float[] errors)
    {
        int size = q.Length;
        float[] slope = new float[size];
        for (int j = 0; j < size; j++) slope[j] = TensorPrimitives.Dot<float>(moments.Matrix[j], errors);
        for (int moves = MostMoves * size; moves > 0; moves--)
        {
            int best = -1;
            float gain = 0;
            for (int j = 0; j < size; j++)
            {
                // The error changes by ∓scale where the integer moves by ±1.
                int up = slope[j] > 0 ? 1 : -1;
                float g = (2 * Math.Abs(slope[j])) - (scale * moments.Matrix[j][j]);
                if (g <= gain || Math.Abs(q[j] + up) > WeightQuantizer.MaxCode) continue;
                (best, gain) = (j, g);
            }
            if (best < 0) return;
            int step = slope[best] > 0 ? 1 : -1;
            q[best] = (sbyte)(q[best] + step);
            TensorPrimitives.MultiplyAdd(moments.Matrix[best], -step * scale, slope, slope);
        }
    }

    private static sbyte Code(float value) => (sbyte)Math.Clamp(MathF.Round(value, MidpointRounding.ToEven), -WeightQuantizer.MaxCode, WeightQuantizer.MaxCode);
}
