using Edge.Quantization.Metrics;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Search;

/// <summary>
/// Between which bounds the drop of a metric lies with a confidence of 95 %, as far as the samples tell: had others of the kind
/// been drawn, it would have come out differently. Both models see the same samples, so that what both find hard cancels.
/// </summary>
/// <param name="Low">In the unit of the drop.</param>
/// <param name="High">In the unit of the drop.</param>
public sealed record DropInterval(double Low, double High);

/// <summary>
/// Gathers scores for a <see cref="DropInterval"/> by the jackknife over groups: the metric is computed once more for all
/// samples but those of each group, and the spread of these drops is that of the drop. It holds for any metric that changes
/// smoothly with its samples, a mean precision or an area under a curve as much as a share.
/// </summary>
internal sealed class DropSpread
{
    private const int Groups = 16;

    /// <summary>Fewer samples tell nothing.</summary>
    public const int LeastSamples = 2 * Groups;

    /// <summary>Quantile 97.5 % of Student's t with one degree of freedom less than groups.</summary>
    private const double Quantile = 2.131;

    private readonly (IAccuracyScore Float, IAccuracyScore Quantized)[] _groups;
    private readonly IAccuracyMetric _metric;
    private int _samples;
    private int _same;

    public DropSpread(IAccuracyMetric metric)
    {
        _metric = metric;
        _groups = new (IAccuracyScore, IAccuracyScore)[Groups];
        for (int g = 0; g < Groups; g++) _groups[g] = (metric.Start(), metric.Start());
    }

    /// <param name="sample">Position of the sample.</param>
    /// <param name="expected">Outputs of the float model.</param>
    /// <param name="actual">Outputs of the quantized model.</param>
    /// <param name="same">Whether both give the same answer; null where outputs have no such.</param>
    public void Add(int sample, IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> actual, bool? same)
    {
        _groups[sample % Groups].Float.Add(sample, expected, expected);
        _groups[sample % Groups].Quantized.Add(sample, expected, actual);
        _samples++;
        if (same == true) _same++;
    }

    /// <summary>Null for too few samples, or where the metric is not defined without some of them.</summary>
    public DropInterval? Of(AccuracyPromise promise, double drop)
    {
        if (_samples < LeastSamples) return null;
        double[] drops = [.. Enumerable.Range(0, Groups).Select(g => promise.Drop(Without(g, s => s.Float), Without(g, s => s.Quantized)))];
        if (!drops.All(double.IsFinite)) return null;
        double mean = drops.Average(), spread = drops.Sum(d => (d - mean) * (d - mean)) * (Groups - 1) / Groups;
        double half = Quantile * Math.Sqrt(spread);
        // Not one answer differs: of three in so many one would have been seen.
        if (_same == _samples && promise.Metric.CountsAnswers && !promise.Relative) half = Math.Max(half, 300.0 / _samples);
        return new DropInterval(drop - half, drop + half);
    }

    private double Without(int group, Func<(IAccuracyScore Float, IAccuracyScore Quantized), IAccuracyScore> of)
    {
        IAccuracyScore rest = _metric.Start();
        for (int g = 0; g < Groups; g++)
            if (g != group) rest.Add(of(_groups[g]));
        return rest.Value;
    }
}
