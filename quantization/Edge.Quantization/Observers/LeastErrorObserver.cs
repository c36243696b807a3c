using System.Numerics.Tensors;

namespace Edge.Quantization.Observers;

/// <summary>
/// The range with the least expected squared error of 256 steps: a range that leaves out rare large values has finer steps
/// for all others. The error is estimated from a histogram: values inside round by a step's variance, step²/12, those
/// outside are cut off at the end (as in Banner et al. 2019, section 3, for any distribution). Zeros round without error and do
/// not count.
/// </summary>
/// <remarks>
/// The histogram covers ±2^k. When a larger value comes, k grows and pairs of bins merge, so that memory and cost do not
/// depend on the samples.
/// </remarks>
public sealed class LeastErrorObserver : IObserver
{
    /// <summary>Sixteen bins a step where a range fills the histogram, four where it is as narrow as a quarter of it.</summary>
    private const int Bins = 4096;

    /// <summary>Ends tried on each side, evenly between 0 and the extreme.</summary>
    private const int Candidates = 100;

    private readonly MinMaxObserver _extremes = new();
    private readonly long[] _counts = new long[Bins];
    private float _limit;

    public ValueRange? Range => _extremes.Range is { } extremes ? Search(extremes) : null;

    public void Observe(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty) return;
        _extremes.Observe(values);
        float largest = Math.Abs(TensorPrimitives.MaxMagnitude(values));
        if (largest == 0) return;
        Cover(largest);
        float scale = Bins / 2 / _limit;
        foreach (float v in values)
            if (v != 0) _counts[Math.Clamp((int)MathF.Floor(v * scale) + (Bins / 2), 0, Bins - 1)]++;
    }

    /// <summary>Doubles the histogram's limit until it covers the value.</summary>
    private void Cover(float largest)
    {
        if (_limit == 0) _limit = MathF.ScaleB(1, Math.Max(MathF.ILogB(largest) + 1, -100));
        while (_limit < largest)
        {
            for (int i = 0; i < Bins / 4; i++)
            {
                // Outwards from the middle, so that nothing is overwritten before it is read.
                int up = Bins / 2 + i, down = (Bins / 2) - 1 - i;
                _counts[up] = _counts[Bins / 2 + (2 * i)] + _counts[Bins / 2 + (2 * i) + 1];
                _counts[down] = _counts[(Bins / 2) - 1 - (2 * i)] + _counts[(Bins / 2) - 2 - (2 * i)];
            }
            _counts.AsSpan(0, Bins / 4).Clear();
            _counts.AsSpan(Bins * 3 / 4).Clear();
            _limit *= 2;
        }
    }

    private ValueRange Search(ValueRange extremes)
    {
        ValueRange all = extremes.WithZero();
        var above = new Tail(this, 1);
        var below = new Tail(this, -1);
        long total = _counts.Sum();
        (double Error, ValueRange Range) best = (double.PositiveInfinity, all);
        foreach (float high in Ends(all.Max))
        {
            foreach (float low in Ends(all.Min))
            {
                double step = ((double)high - low) / 255;
                (double cutAbove, long countAbove) = above.Beyond(high);
                (double cutBelow, long countBelow) = below.Beyond(-low);
                double error = cutAbove + cutBelow + ((total - countAbove - countBelow) * step * step / 12);
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
        private readonly long[] _count = new long[(Bins / 2) + 1];
        private readonly double[] _sum = new double[(Bins / 2) + 1], _squares = new double[(Bins / 2) + 1];
        private readonly double _width;

        public Tail(LeastErrorObserver histogram, int sign)
        {
            _width = histogram._limit / (Bins / 2.0);
            for (int i = (Bins / 2) - 1; i >= 0; i--)
            {
                long n = histogram._counts[sign > 0 ? (Bins / 2) + i : (Bins / 2) - 1 - i];
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
            int from = (int)Math.Min(Math.Ceiling(end / _width), Bins / 2.0);
            return (_squares[from] - (2 * end * _sum[from]) + (end * end * _count[from]), _count[from]);
        }
    }
}
