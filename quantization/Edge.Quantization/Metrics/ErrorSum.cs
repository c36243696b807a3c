namespace Edge.Quantization.Metrics;

/// <summary>Differences between numbers and what they should be, summed in double precision as they come. Not synchronized.</summary>
public sealed class ErrorSum
{
    private double _squares, _absolute, _signal;

    public long Count { get; private set; }

    public double MeanSquared => Count == 0 ? double.NaN : _squares / Count;

    public double RootMeanSquared => Math.Sqrt(MeanSquared);

    public double MeanAbsolute => Count == 0 ? double.NaN : _absolute / Count;

    /// <summary>
    /// The length of the difference over the length of what should be, <c>√(Σ(a−e)² / Σe²)</c>; 0 where nothing differs, and
    /// infinite where something does although all should be 0.
    /// </summary>
    public double Relative => Count == 0 ? double.NaN : _squares == 0 ? 0 : Math.Sqrt(_squares / _signal);

    public void Add(double expected, double actual)
    {
        double difference = actual - expected;
        _squares += difference * difference;
        _absolute += Math.Abs(difference);
        _signal += expected * expected;
        Count++;
    }

    /// <exception cref="ArgumentException">They differ in length.</exception>
    public void Add(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        if (expected.Length != actual.Length) throw new ArgumentException($"{actual.Length} numbers cannot be compared with {expected.Length}", nameof(actual));
        for (int i = 0; i < expected.Length; i++) Add(expected[i], actual[i]);
    }

    /// <summary>Adds all that another sum has seen.</summary>
    public void Add(ErrorSum other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _squares += other._squares;
        _absolute += other._absolute;
        _signal += other._signal;
        Count += other.Count;
    }
}
