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

    /// <summary>Quantile 97.5 % of Student's t with one degree of freedom less than groups.</summary>
    private const double Quantile = 2.131;

    private readonly (IAccuracyScore Float, IAccuracyScore Quantized)[] _without;
    private int _samples;
    private int _same;

    public DropSpread(IAccuracyMetric metric)
    {
        _without = new (IAccuracyScore, IAccuracyScore)[Groups];
        for (int g = 0; g < Groups; g++) _without[g] = (metric.Start(), metric.Start());
    }

    /// <param name="sample">Position of the sample.</param>
    /// <param name="expected">Outputs of the float model.</param>
    /// <param name="actual">Outputs of the quantized model.</param>
    /// <param name="same">Whether both give the same answer; null where outputs have no such.</param>
    public void Add(int sample, IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> actual, bool? same)
    {
        for (int g = 0; g < Groups; g++)
        {
            if (sample % Groups == g) continue;
            _without[g].Float.Add(sample, expected, expected);
            _without[g].Quantized.Add(sample, expected, actual);
        }
        _samples++;
        if (same == true) _same++;
    }

    /// <summary>Null for too few samples, or where the metric is not defined without some of them.</summary>
    public DropInterval? Of(AccuracyPromise promise, double drop)
    {
        if (_samples < 2 * Groups) return null;
        double[] drops = [.. _without.Select(w => promise.Drop(w.Float.Value, w.Quantized.Value))];
        if (!drops.All(double.IsFinite)) return null;
        double mean = drops.Average(), spread = drops.Sum(d => (d - mean) * (d - mean)) * (Groups - 1) / Groups;
        double half = Quantile * Math.Sqrt(spread);
        // Not one answer differs: of three in so many one would have been seen.
        if (_same == _samples && promise.Metric.Unit == "%" && !promise.Relative) half = Math.Max(half, 300.0 / _samples);
        return new DropInterval(drop - half, drop + half);
    }
}
