using CsCheck;
using Edge.Pipeline.Inspection;
using Xunit;

namespace Edge.Pipeline.Tests.Inspection;

public sealed class DurationHistogramTests
{
    [Fact]
    public void A_percentile_is_at_most_a_sixteenth_above_the_true_one() =>
        Gen.Select(Gen.Long[0, 1L << 40].Array[1, 200], Gen.Int[0, 100]).Sample((ticks, percent) =>
        {
            var histogram = new DurationHistogram();
            foreach (long t in ticks) histogram.Add(new TimeSpan(t));
            long[] sorted = [.. ticks.Order()];
            long exact = sorted[Math.Max(1, (int)Math.Ceiling(percent / 100.0 * sorted.Length)) - 1], found = histogram.Percentile(percent / 100.0).Ticks;
            return found >= exact && found <= exact + exact / 16 && histogram.Max.Ticks == sorted[^1] && histogram.Count == ticks.Length;
        });

    [Fact]
    public void The_longest_duration_of_all_has_a_bucket()
    {
        var histogram = new DurationHistogram();
        histogram.Add(TimeSpan.MaxValue);
        histogram.Add(TimeSpan.FromTicks(-1));
        Assert.Equal(TimeSpan.MaxValue, histogram.Percentile(1));
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.5));
        Assert.Equal(TimeSpan.Zero, new DurationHistogram().Percentile(0.99));
    }
}
