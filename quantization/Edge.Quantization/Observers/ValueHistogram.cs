using System.Numerics.Tensors;

namespace Edge.Quantization.Observers;

/// <summary>
/// How often an activation takes which values, in equal bins over ±2^k. When a larger value comes, k grows and pairs of bins
/// merge, so that memory and cost do not depend on the number of samples. Zeros are counted apart: they round without
/// error, and after a Relu they are half of everything. Not synchronized.
/// </summary>
public sealed class ValueHistogram
{
    /// <summary>Sixteen bins a step of 256 where a range fills the histogram, four where it is as narrow as a quarter of it.</summary>
    public const int Bins = 4096;

    private readonly long[] _counts = new long[Bins];

    /// <summary>The histogram covers −<see cref="Limit"/> to <see cref="Limit"/>; 0 until a value that is not 0 was seen.</summary>
    public float Limit { get; private set; }

    /// <summary>Width of a bin in real units.</summary>
    public double BinWidth => Limit / (Bins / 2.0);

    /// <summary>Number of values in each bin, without zeros; bin <c>i</c> begins at <c>(i − Bins/2) · BinWidth</c>.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    public long Zeros { get; private set; }

    /// <summary>Values that are not 0.</summary>
    public long Total { get; private set; }

    /// <summary>Takes finite values.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty) return;
        float largest = Math.Abs(TensorPrimitives.MaxMagnitude(values));
        if (largest == 0)
        {
            Zeros += values.Length;
            return;
        }
        Cover(largest);
        float scale = Bins / 2 / Limit;
        long zeros = 0;
        long[] counts = _counts;
        foreach (float v in values)
        {
            if (v == 0) zeros++;
            else counts[Math.Clamp((int)MathF.Floor(v * scale) + (Bins / 2), 0, Bins - 1)]++;
        }
        Zeros += zeros;
        Total += values.Length - zeros;
    }

    /// <summary>The share of all values, zeros included, that lies outside of a range; bins that an end divides count as inside.</summary>
    public double ShareOutside(ValueRange range)
    {
        if (Total == 0) return 0;
        long outside = 0;
        for (int i = 0; i < Bins; i++)
        {
            double begin = (i - (Bins / 2)) * BinWidth;
            if (begin + BinWidth < range.Min || begin > range.Max) outside += _counts[i];
        }
        return (double)outside / (Total + Zeros);
    }

    /// <summary>Doubles the limit until it covers the value.</summary>
    private void Cover(float largest)
    {
        if (Limit == 0) Limit = MathF.ScaleB(1, Math.Max(MathF.ILogB(largest) + 1, -100));
        while (Limit < largest)
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
            Limit *= 2;
        }
    }
}
