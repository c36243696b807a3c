namespace Edge.Quantization.Observers;

/// <summary>The moving averages of the samples' extremes: one odd sample hardly widens the range.</summary>
public sealed class MovingAverageEstimator : IRangeEstimator
{
    public string Name => "moving-average";

    public ValueRange Estimate(ActivationStatistics statistics, int steps)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        return statistics.MovingAverage ?? new ValueRange(0, 0);
    }
}
