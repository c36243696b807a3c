namespace Edge.Benchmarks.Measuring;

/// <summary>What is said of repeated measurements.</summary>
internal static class Statistics
{
    /// <summary>The middle value, of an even number the upper of the two.</summary>
    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>The value that <paramref name="share"/> of all lie below, without interpolation: 0.25 and 0.75 are the quartiles.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0) throw new ArgumentException("there are no values", nameof(values));
        return sorted[Math.Min((int)(sorted.Length * share), sorted.Length - 1)];
    }

    /// <summary>The mean of ratios, in which 0.5 and 2 cancel. All are above 0.</summary>
    public static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Average(Math.Log));
}
