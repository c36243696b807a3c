namespace Edge.Quantization.Metrics;

/// <summary>
/// The area under the receiver operating characteristic: the probability that a positive sample has a higher score than a
/// negative one, equal scores counting half (Mann and Whitney's U over the number of pairs). Keeps one number a sample. Not
/// synchronized.
/// </summary>
public sealed class RocArea
{
    private readonly List<double> _positive = [], _negative = [];

    /// <exception cref="ArgumentException">The score is not a number.</exception>
    public void Add(double score, bool positive)
    {
        if (double.IsNaN(score)) throw new ArgumentException("a score that is not a number has no rank", nameof(score));
        (positive ? _positive : _negative).Add(score);
    }

    /// <summary>0…1; NaN where there are no positives or no negatives.</summary>
    public double Value
    {
        get
        {
            if (_positive.Count == 0 || _negative.Count == 0) return double.NaN;
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
