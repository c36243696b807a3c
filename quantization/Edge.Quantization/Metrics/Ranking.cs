namespace Edge.Quantization.Metrics;

/// <summary>Where a class stands among the scores of all.</summary>
public static class Ranking
{
    /// <summary>
    /// How many classes come before <paramref name="label"/> when they are ordered by falling score, the lower number first
    /// among equals: 0 for the best. The label is among the top k where this is below k. A score that is not a number comes
    /// last.
    /// </summary>
    /// <param name="scores">One a class.</param>
    /// <param name="label">A class.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public static int Of(ReadOnlySpan<double> scores, int label)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, scores.Length);
        double own = scores[label];
        int before = 0;
        for (int c = 0; c < scores.Length; c++)
        {
            if (c == label || double.IsNaN(scores[c])) continue;
            if (double.IsNaN(own) || scores[c] > own || (scores[c] == own && c < label)) before++;
        }
        return before;
    }
}
