namespace Edge.Quantization.Observers;

/// <summary>
/// The range whose quantized distribution loses the least information about the real one: least Kullback–Leibler divergence
/// (Migacz, "8-bit Inference with TensorRT", 2017), each end for itself because activations have a zero point here. Zeros
/// are exact and do not count.
/// </summary>
public sealed class EntropyEstimator : IRangeEstimator
{
    /// <summary>Ends tried on each side, evenly between an eighth of the extreme and the extreme.</summary>
    private const int Candidates = 64;

    public string Name => "entropy";

    public ValueRange Estimate(ActivationStatistics statistics, int steps)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        if (statistics.Extremes is not { } extremes) return new ValueRange(0, 0);
        ValueRange range = extremes.WithZero();
        ValueHistogram h = statistics.Histogram;
        // With as many steps as bins there is nothing to lose inside, and every cut would be one.
        if (h.Total == 0 || steps >= ValueHistogram.Bins / 2) return range;
        ValueRange best = range;
        if (range.Max > 0) best = best with { Max = Best(h, steps, range.Max, end => best with { Max = end }) };
        if (range.Min < 0) best = best with { Min = Best(h, steps, range.Min, end => best with { Min = end }) };
        return best;
    }

    private static float Best(ValueHistogram h, int steps, float extreme, Func<float, ValueRange> range)
    {
        (double Divergence, float End) best = (double.PositiveInfinity, extreme);
        for (int i = 0; i < Candidates; i++)
        {
            float end = extreme * (1 - (0.875f * i / Candidates));
            double divergence = Divergence(h, range(end), steps);
            // Of about equal ones the widest, which is the first.
            if (divergence < best.Divergence * (1 - 1e-6)) best = (divergence, end);
        }
        return best.End;
    }

    /// <summary>
    /// Between the histogram with its tails put into the outermost bins of the range, and what remains of it when all bins of
    /// one step share their values evenly.
    /// </summary>
    internal static double Divergence(ValueHistogram h, ValueRange range, int steps)
    {
        double width = h.BinWidth;
        int first = Math.Clamp((int)Math.Floor(range.Min / width) + (ValueHistogram.Bins / 2), 0, ValueHistogram.Bins - 1);
        int last = Math.Clamp((int)Math.Ceiling(range.Max / width) - 1 + (ValueHistogram.Bins / 2), first, ValueHistogram.Bins - 1);
        ReadOnlySpan<long> counts = h.Counts;
        long below = 0, above = 0, total = 0;
        for (int i = 0; i < first; i++) below += counts[i];
        for (int i = last + 1; i < counts.Length; i++) above += counts[i];
        for (int i = first; i <= last; i++) total += counts[i];
        // The quantized distribution knows only what lies inside; it would be unfair to let it know the tails.
        if (total == 0) return double.PositiveInfinity;
        double all = total + below + above, divergence = 0;
        double step = Math.Max((double)range.Max - range.Min, width) / steps;
        int from = first;
        while (from <= last)
        {
            // The bins whose middles round to the same step.
            double code = Code(from, width, range.Min, step);
            int to = from;
            long sum = 0;
            int used = 0;
            while (to <= last && Code(to, width, range.Min, step) == code)
            {
                sum += counts[to];
                if (counts[to] > 0) used++;
                to++;
            }
            for (int i = from; i < to; i++)
            {
                double p = counts[i] + (i == first ? below : 0) + (i == last ? above : 0);
                if (p == 0) continue;
                double q = counts[i] > 0 ? (double)sum / used : 0;
                // A tail that falls into an empty bin has no counterpart at all: as if half a value were there.
                divergence += p / all * Math.Log(p / all / (Math.Max(q, 0.5) / total));
            }
            from = to;
        }
        return divergence;
    }

    private static double Code(int bin, double width, double low, double step) =>
        Math.Round((((bin - (ValueHistogram.Bins / 2) + 0.5) * width) - low) / step, MidpointRounding.ToEven);
}
