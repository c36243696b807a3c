namespace Edge.Quantization.Observers;

/// <summary>The range that holds a percentage of all values; what is cut off is shared evenly between the two ends.</summary>
public sealed class PercentileEstimator : IRangeEstimator
{
    private readonly double _percent;

    /// <param name="percent">Above 50, at most 100.</param>
    public PercentileEstimator(double percent)
    {
        if (!(percent is > 50 and <= 100)) throw new ArgumentOutOfRangeException(nameof(percent), percent, "a percentage above 50, at most 100, is expected");
        _percent = percent;
    }

    public string Name => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"percentile-{_percent}");

    public ValueRange Estimate(ActivationStatistics statistics, int steps)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        if (statistics.Extremes is not { } extremes) return new ValueRange(0, 0);
        ValueHistogram h = statistics.Histogram;
        double budget = (h.Total + h.Zeros) * (100 - _percent) / 200;
        return new ValueRange(-End(h, -1, budget, -extremes.Min), End(h, 1, budget, extremes.Max));
    }

    /// <summary>From the outermost bin inwards until the budget is spent; the extreme where the outermost bin exceeds it already.</summary>
    private static float End(ValueHistogram h, int sign, double budget, float extreme)
    {
        if (extreme <= 0) return Math.Max(extreme, 0);
        long beyond = 0;
        for (int i = (ValueHistogram.Bins / 2) - 1; i >= 0; i--)
        {
            beyond += h.Counts[sign > 0 ? (ValueHistogram.Bins / 2) + i : (ValueHistogram.Bins / 2) - 1 - i];
            if (beyond > budget) return (float)Math.Min(extreme, (i + 1) * h.BinWidth);
        }
        return extreme;
    }
}
