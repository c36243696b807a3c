namespace Edge.Quantization.Metrics;

/// <summary>
/// The area under the receiver operating characteristic: the probability that a positive sample has a higher score than a
/// negative one, equal scores counting half (Mann and Whitney's U over the number of pairs). Keeps one number a sample. Not
/// synchronized.
/// </summary>
public sealed class RocArea
{
    private readonly List<double> _positive = [], _negative = [];
    private bool _hasUnranked;

    /// <param name="score">One that is not a number has no rank, and leaves no <see cref="Value"/>.</param>
    /// <param name="positive">Whether the sample is one of those that should score high.</param>
    public void Add(double score, bool positive)
    {
        _hasUnranked |= double.IsNaN(score);
        (positive ? _positive : _negative).Add(score);
    }

    /// <summary>Adds all scores that another has seen.</summary>
    public void Add(RocArea other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _hasUnranked |= other._hasUnranked;
        _positive.AddRange(other._positive);
        _negative.AddRange(other._negative);
    }

    /// <summary>0…1; NaN where there are no positives or no negatives, or a score is not a number.</summary>
    public double Value
    {
        get
        {
            if (_positive.Count == 0 || _negative.Count == 0 || _hasUnranked) return double.NaN;
            double[] positive = [.. _positive], negative = [.. _negative];
            Array.Sort(positive);
            Array.Sort(negative);
            double won = 0;
            int below = 0, upTo = 0;
            foreach (double score in positive)
            {
                while (below < negative.Length && negative[below] < score) below++;
                upTo = Math.Max(upTo, below);
                while (upTo < negative.Length && negative[upTo] == score) upTo++;
                won += below + ((upTo - below) / 2.0);
            }
            return won / ((double)positive.Length * negative.Length);
        }
    }
}
