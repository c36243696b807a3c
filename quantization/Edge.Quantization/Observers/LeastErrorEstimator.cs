namespace Edge.Quantization.Observers;

/// <summary>
/// The range with the least expected squared error: a range that leaves out rare large values has finer steps for all
/// others. Values inside round by a step's variance, step²/12, those outside are cut off at the end (as in Banner et al.
/// 2019, section 3, for any distribution). Zeros round without error and do not count.
/// </summary>
public sealed class LeastErrorEstimator : IRangeEstimator
{
    /// <summary>Ends tried on each side, evenly between 0 and the extreme.</summary>
    private const int Candidates = 100;

    public string Name => "least-error";

    public ValueRange Estimate(ActivationStatistics statistics, int steps)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        if (statistics.Extremes is not { } extremes) return new ValueRange(0, 0);
        ValueHistogram histogram = statistics.Histogram;
        ValueRange all = extremes.WithZero();
        var above = new Tail(histogram, 1);
        var below = new Tail(histogram, -1);
        (double Error, ValueRange Range) best = (double.PositiveInfinity, all);
        foreach (float high in Ends(all.Max))
        {
            foreach (float low in Ends(all.Min))
            {
                double step = ((double)high - low) / steps;
                (double cutAbove, long countAbove) = above.Beyond(high);
                (double cutBelow, long countBelow) = below.Beyond(-low);
                double error = cutAbove + cutBelow + ((histogram.Total - countAbove - countBelow) * step * step / 12);
                if (error < best.Error) best = (error, new ValueRange(low, high));
            }
        }
        return best.Range;
    }

    /// <summary>Widest first, so that of equal errors the widest range wins; 0 is no end of a range that has values beyond it.</summary>
    private static IEnumerable<float> Ends(float extreme) =>
        extreme == 0 ? [0f] : Enumerable.Range(0, Candidates).Select(i => extreme * (Candidates - i) / Candidates);

    /// <summary>One side of the histogram, as sums from each bin outwards.</summary>
    private sealed class Tail
    {
        private const int Half = ValueHistogram.Bins / 2;

        private readonly long[] _count = new long[Half + 1];
        private readonly double[] _sum = new double[Half + 1], _squares = new double[Half + 1];
        private readonly double _width;

        public Tail(ValueHistogram histogram, int sign)
        {
            _width = histogram.BinWidth;
            for (int i = Half - 1; i >= 0; i--)
            {
                long n = histogram.Counts[sign > 0 ? Half + i : Half - 1 - i];
                double x = (i + 0.5) * _width;
                _count[i] = _count[i + 1] + n;
                _sum[i] = _sum[i + 1] + (n * x);
                _squares[i] = _squares[i + 1] + (n * x * x);
            }
        }

        /// <summary>Squared error, and number, of the values beyond <paramref name="end"/> when they are cut off there.</summary>
        public (double Error, long Count) Beyond(double end)
        {
            if (_width == 0) return (0, 0);
            int from = (int)Math.Min(Math.Ceiling(end / _width), Half);
            return (_squares[from] - (2 * end * _sum[from]) + (end * end * _count[from]), _count[from]);
        }
    }
}
