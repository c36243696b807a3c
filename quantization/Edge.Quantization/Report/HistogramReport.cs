using Edge.Quantization.Observers;
using Edge.Quantization.Rewrite.Qdq;

namespace Edge.Quantization.Report;

/// <summary>How often values occur, in equal bins.</summary>
/// <param name="Low">Where the first bin begins.</param>
/// <param name="High">Where the last one ends.</param>
/// <param name="Counts">Values in each bin; zeros of activations are left out.</param>
public sealed record HistogramReport(double Low, double High, IReadOnlyList<long> Counts)
{
    private const int Bins = 64;

    /// <summary>Of the values of an activation, between their extremes.</summary>
    internal static HistogramReport? Of(ActivationStatistics statistics)
    {
        ValueHistogram h = statistics.Histogram;
        if (h.Total == 0 || statistics.Extremes is not { } all) return null;
        ValueRange range = all.WithZero();
        var counts = new long[Bins];
        for (int i = 0; i < ValueHistogram.Bins; i++)
        {
            if (h.Counts[i] == 0) continue;
            double middle = (i - (ValueHistogram.Bins / 2) + 0.5) * h.BinWidth;
            counts[Bin(middle, range.Min, range.Max)] += h.Counts[i];
        }
        return new HistogramReport(range.Min, range.Max, counts);
    }

    /// <summary>Of integer weights, over their whole range.</summary>
    internal static HistogramReport? Of(QuantizedWeights weights) => Of(weights.Values, -128, 127);

    /// <summary>Of integer weights, over their whole range; a bin for each code where there are no more codes than bins.</summary>
    internal static HistogramReport? Of(sbyte[] codes, int low, int high)
    {
        var counts = new long[Math.Min(Bins, high + 1 - low)];
        foreach (sbyte v in codes) counts[(v - low) * counts.Length / (high + 1 - low)]++;
        return Array.Exists(codes, v => v != 0) ? new HistogramReport(low, high + 1, counts) : null;
    }

    private static int Bin(double value, double low, double high) => Math.Clamp((int)((value - low) / (high - low) * Bins), 0, Bins - 1);
}
