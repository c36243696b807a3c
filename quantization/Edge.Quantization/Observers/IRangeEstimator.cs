namespace Edge.Quantization.Observers;

/// <summary>Chooses the range of an activation from what calibration saw of it. Immutable.</summary>
public interface IRangeEstimator
{
    /// <summary>As options and reports name it: <c>min-max</c>, <c>percentile</c>, …</summary>
    string Name { get; }

    /// <summary>The range to quantize with.</summary>
    /// <param name="statistics">Of an activation that at least one value of was seen.</param>
    /// <param name="steps">Steps between the ends of the range: 255 for 8 bits, 65535 for 16.</param>
    ValueRange Estimate(ActivationStatistics statistics, int steps);
}

/// <summary>The estimators by name.</summary>
public static class RangeEstimators
{
    public static IRangeEstimator MinMax { get; } = new ExtremesEstimator();

    /// <summary>The range with the least squared error of the values: see <see cref="LeastErrorEstimator"/>.</summary>
    public static IRangeEstimator LeastError { get; } = new LeastErrorEstimator();

    /// <summary>One of each kind, in the order in which a search tries them.</summary>
    public static IReadOnlyList<IRangeEstimator> All { get; } =
        [MinMax, new MovingAverageEstimator(), new PercentileEstimator(99.99), new EntropyEstimator(), LeastError];
}
