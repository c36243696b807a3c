namespace Edge.Quantization.Observers;

/// <summary>The smallest and the largest value of all samples: nothing saturates.</summary>
public sealed class ExtremesEstimator : IRangeEstimator
{
    public string Name => "min-max";

    public ValueRange Estimate(ActivationStatistics statistics, int steps)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        return statistics.Extremes ?? new ValueRange(0, 0);
    }
}
