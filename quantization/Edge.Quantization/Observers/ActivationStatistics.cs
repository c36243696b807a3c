using System.Numerics.Tensors;

namespace Edge.Quantization.Observers;

/// <summary>
/// What is remembered of one activation over any number of samples, in constant memory: enough for every
/// <see cref="IRangeEstimator"/>, so that one pass over the samples serves all of them. Not synchronized.
/// </summary>
public sealed class ActivationStatistics
{
    /// <summary>Weight of the newest sample in the moving averages.</summary>
    private const float Newest = 0.05f;

    private float _min = float.PositiveInfinity, _max = float.NegativeInfinity;
    private double _averageMin, _averageMax;

    /// <summary>Samples seen, those without a value left out.</summary>
    public int Samples { get; private set; }

    public ValueHistogram Histogram { get; } = new();

    /// <summary>Smallest and largest value of all; null until a value was seen.</summary>
    public ValueRange? Extremes => Samples > 0 ? new ValueRange(_min, _max) : null;

    /// <summary>
    /// Moving averages of the samples' smallest and largest values (Jacob et al. 2018, section 3.1): the plain mean over the
    /// first 20 samples, then with weight 0.05 for the newest. Null until a value was seen.
    /// </summary>
    public ValueRange? MovingAverage => Samples > 0 ? new ValueRange((float)_averageMin, (float)_averageMax) : null;

    /// <summary>Takes the values of one sample.</summary>
    /// <exception cref="NotFiniteNumberException">A value is NaN or infinite.</exception>
    public void Observe(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty) return;
        // Both propagate NaN, so that two reductions see every value that is not finite.
        float min = TensorPrimitives.Min(values);
        float max = TensorPrimitives.Max(values);
        if (!float.IsFinite(min)) throw new NotFiniteNumberException($"holds {min}", min);
        if (!float.IsFinite(max)) throw new NotFiniteNumberException($"holds {max}", max);
        _min = Math.Min(_min, min);
        _max = Math.Max(_max, max);
        Samples++;
        double weight = Math.Max(Newest, 1.0 / Samples);
        _averageMin += weight * (min - _averageMin);
        _averageMax += weight * (max - _averageMax);
        Histogram.Add(values);
    }
}
