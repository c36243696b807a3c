using System.Numerics;
using Edge.Runtime.Operators.Scores;

namespace Edge.Runtime.Operators.Trees;

/// <summary>From the sums of weights of one row to its class and two or more scores, ready to be transformed.</summary>
/// <remarks>
/// ONNX says little about two classes; these are ONNX Runtime's rules, odd ones included. Where a row has no weight for class
/// 1 and there are not two base values, the one sum s stands for the positive class. Its scores are (1 − s, s) if the model's
/// weights are all of one class and none is negative, else (−s, s); LOGISTIC is that of (−s, s), other transforms do nothing.
/// The label then is that of s > ½ in the first case, of s > 0 in the second. A base value is added only to a sum that there
/// is; of two base values the second is added to the sum of class 0, if class 1 has one. One base value for a model with
/// weights of both classes gives rows without a weight for class 1 the scores (s, 0).
/// </remarks>
internal sealed class TreeDecision<T>(int classes, T[] weights, long[] targets, T[] baseValues, PostTransform transform)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly bool _oneClass = classes == 2 && targets.Length > 0 && targets.All(t => t == targets[0]);
    private readonly bool _allPositive = weights.All(w => w >= T.Zero);

    /// <summary>Turns sums into scores in place.</summary>
    /// <param name="scores">Sums of weights.</param>
    /// <param name="given">Whether each class got any.</param>
    /// <param name="final">The scores are not to be transformed any more.</param>
    /// <returns>The class.</returns>
    public int Decide(Span<T> scores, Span<byte> given, out bool final)
    {
        final = false;
        return classes == 2 ? DecideTwo(scores, given, ref final) : DecideMany(scores, given);
    }

    private int DecideMany(Span<T> scores, Span<byte> given)
    {
        int best = -1;
        for (int i = 0; i < scores.Length; i++)
        {
            if (baseValues.Length > 0) scores[i] += baseValues[i];
            if ((baseValues.Length > 0 || given[i] != 0) && (best < 0 || scores[i] > scores[best])) best = i;
        }

        return Math.Max(0, best);
    }

    private int DecideTwo(Span<T> scores, Span<byte> given, ref bool final)
    {
        bool first = given[0] != 0, second = given[1] != 0;
        if (baseValues.Length == 2 && second)
        {
            scores[1] = baseValues[1] + scores[0];
            scores[0] = first ? -scores[1] : T.Zero;
        }
        else if (baseValues.Length > 0 && first)
        {
            scores[0] += baseValues[0];
        }

        bool probability = _oneClass && _allPositive;
        int label = (second ? scores[1] : scores[0]) > (probability ? T.CreateChecked(0.5) : T.Zero) ? 1 : 0;
        // One score for two classes stays open only where a function is applied to both.
        if (second || baseValues.Length == 2) return label;
        final = transform != PostTransform.Logistic;
        if (baseValues.Length == 1 && !_oneClass)
        {
            final = true;
        }
        else
        {
            scores[1] = scores[0];
            scores[0] = probability && final ? T.One - scores[0] : -scores[0];
        }

        return label;
    }
}
