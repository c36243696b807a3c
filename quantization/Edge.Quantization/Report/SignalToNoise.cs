namespace Edge.Quantization.Report;

/// <summary>
/// The signal-to-quantization-noise ratio of a tensor over many samples: power of the float values over the power of the
/// difference. Also the largest and the mean absolute error. Not synchronized.
/// </summary>
public sealed class SignalToNoise
{
    private double _signal, _noise, _absolute;

    /// <summary>Values compared.</summary>
    public long Count { get; private set; }

    /// <summary>In decibels; positive infinity where nothing differs, negative infinity where only noise is.</summary>
    public double SqnrDb => Db(_signal, _noise);

    /// <summary>Power of the noise over that of the signal; 0 where nothing differs, infinite where only noise is.</summary>
    public double Relative => _noise == 0 ? 0 : _noise / _signal;

    public double MaxError { get; private set; }

    public double MeanError => Count == 0 ? 0 : _absolute / Count;

    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Add(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length) throw new ArgumentException($"{expected.Length} values against {actual.Length}");
        for (int i = 0; i < expected.Length; i++)
        {
            double error = (double)expected[i] - actual[i];
            _signal += (double)expected[i] * expected[i];
            _noise += error * error;
            _absolute += Math.Abs(error);
            MaxError = Math.Max(MaxError, Math.Abs(error));
        }
        Count += expected.Length;
    }

    /// <summary>Takes what another has counted.</summary>
    public void Add(SignalToNoise other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _signal += other._signal;
        _noise += other._noise;
        _absolute += other._absolute;
        MaxError = Math.Max(MaxError, other.MaxError);
        Count += other.Count;
    }

    /// <summary>10·log10(signal/noise) for two powers.</summary>
    public static double Db(double signal, double noise) =>
        noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);
}
