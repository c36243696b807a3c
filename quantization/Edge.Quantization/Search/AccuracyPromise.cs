using Edge.Quantization.Calibration;
using Edge.Quantization.Metrics;

namespace Edge.Quantization.Search;

/// <summary>What the quantized model must keep: a metric may become worse by so much against the float model.</summary>
/// <param name="Metric">What is measured.</param>
/// <param name="Samples">What it is measured on; best none of those used for calibration.</param>
/// <param name="MaxDrop">In the metric's unit, percentage points where that is percent; 0 or more.</param>
/// <param name="Relative">Whether <paramref name="MaxDrop"/> is a share of the float model's value, 0.01 for 1 %.</param>
/// <param name="SampleName">The name of the sample at a position, for the report; null for none.</param>
public sealed record AccuracyPromise(IAccuracyMetric Metric, ICalibrationSource Samples, double MaxDrop, bool Relative = false, Func<int, string>? SampleName = null)
{
    /// <summary>
    /// Other data, on which the model that the search found is judged once, by the same standard. A search picks, of many
    /// models, one that does well on its samples, by chance, too; samples that it has not seen tell what is left of that. Null for none.
    /// </summary>
    public UnseenData? Unseen { get; init; }

    /// <summary>How much worse <paramref name="value"/> is than <paramref name="floatValue"/>, as <see cref="MaxDrop"/> is given; negative where it is better.</summary>
    public double Drop(double floatValue, double value)
    {
        double drop = Metric.HigherIsBetter ? floatValue - value : value - floatValue;
        return Relative && floatValue != 0 ? drop / Math.Abs(floatValue) : drop;
    }

    /// <summary>Whether the promise is kept; a value that is not a number keeps none.</summary>
    public bool Keeps(double floatValue, double value) => Drop(floatValue, value) <= MaxDrop + 1e-9;
}

/// <summary>Data that a search does not see.</summary>
/// <param name="Metric">The metric of the promise, with the labels of these samples.</param>
/// <param name="Samples">None of those that calibrate or judge.</param>
public sealed record UnseenData(IAccuracyMetric Metric, ICalibrationSource Samples);
