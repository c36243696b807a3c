using CsCheck;
using Edge.Quantization.Observers;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Tensors;
using Xunit;

namespace Edge.Quantization.Tests;

public class ObserverTests
{
    [Fact]
    public void Statistics_keep_the_extremes_and_refuse_what_is_not_finite()
    {
        var statistics = new ActivationStatistics();
        Assert.Null(statistics.Extremes);
        Assert.Null(statistics.MovingAverage);
        statistics.Observe([]);
        statistics.Observe([1, -2, 3]);
        statistics.Observe([0, 4]);
        Assert.Equal(new ValueRange(-2, 4), statistics.Extremes);
        Assert.Equal(new ValueRange(-2, 4), RangeEstimators.MinMax.Estimate(statistics, 255));
        Assert.Equal(new ValueRange(-1, 3.5f), statistics.MovingAverage);
        Assert.Equal((4, 1), (statistics.Histogram.Total, statistics.Histogram.Zeros));
        foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
            Assert.Throws<NotFiniteNumberException>(() => statistics.Observe([1, bad, 2]));
    }

    [Fact]
    public void A_moving_average_forgets_an_odd_sample()
    {
        var statistics = new ActivationStatistics();
        for (int i = 0; i < 200; i++) statistics.Observe([-1, i == 3 ? 100 : 2]);
        Assert.InRange(new MovingAverageEstimator().Estimate(statistics, 255).Max, 2, 2.1f);
        Assert.Equal(100, RangeEstimators.MinMax.Estimate(statistics, 255).Max);
    }

    [Theory]
    [InlineData(99.0)]
    [InlineData(99.9)]
    [InlineData(100.0)]
    public void A_percentile_leaves_outside_what_it_says(double percent)
    {
        float[] values = Samples.NormalTensor(new Shape(200_000), 3).AsSpan<float>().ToArray();
        ValueRange range = new PercentileEstimator(percent).Estimate(Statistics(values), 255);
        double outside = 100.0 * values.Count(v => v < range.Min || v > range.Max) / values.Length;
        Assert.InRange(outside, 0, 100 - percent + 1e-9);
        Assert.InRange(outside, (100 - percent) * 0.8, 100);
        if (percent == 100) Assert.Equal(new ValueRange(values.Min(), values.Max()), range);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(101)]
    [InlineData(double.NaN)]
    public void A_percentile_out_of_range_is_refused(double percent) => Assert.Throws<ArgumentOutOfRangeException>(() => new PercentileEstimator(percent));

    [Fact]
    public void Entropy_cuts_a_long_thin_tail_and_keeps_an_even_distribution()
    {
        float[] normal = Samples.NormalTensor(new Shape(200_000), 5).AsSpan<float>().ToArray();
        float[] tailed = [.. normal, .. Enumerable.Range(0, 50).Select(i => 30f + i)];
        Assert.InRange(new EntropyEstimator().Estimate(Statistics(tailed), 255).Max, 3, 60);
        float[] even = [.. Enumerable.Range(0, 100_000).Select(i => i / 50_000f)];
        ValueRange kept = new EntropyEstimator().Estimate(Statistics(even), 255);
        Assert.Equal(0, kept.Min);
        Assert.InRange(kept.Max, 1.95f, 2f);
    }

    [Fact]
    public void Every_estimate_lies_within_the_extremes() =>
        Gen.Select(Gen.Int[0, 10_000], Gen.Float[-5, 5], Gen.Float[0.001f, 1000]).Sample((seed, shift, size) =>
        {
            float[] values = [.. Samples.NormalTensor(new Shape(500), seed).AsSpan<float>().ToArray().Select(v => (v + shift) * size)];
            ActivationStatistics statistics = Statistics(values);
            ValueRange all = statistics.Extremes!.Value.WithZero();
            foreach (IRangeEstimator estimator in RangeEstimators.All)
            {
                ValueRange r = estimator.Estimate(statistics, 255).WithZero();
                Assert.True(r.Min >= all.Min * 1.001f && r.Max <= all.Max * 1.001f && r.Min < r.Max, $"{estimator.Name}: {r} of {all}");
            }
        }, iter: 60);

    [Fact]
    public void What_a_range_leaves_outside_is_told()
    {
        ActivationStatistics statistics = Statistics([1, 2, 3, 4, 0, 0, -1, -2, -3, -4]);
        Assert.Equal(0.2, statistics.Histogram.ShareOutside(new ValueRange(-4.1f, 2.5f)), 6);
        Assert.Equal(0, statistics.Histogram.ShareOutside(new ValueRange(-4.1f, 4.1f)));
    }

    [Fact]
    public void The_least_error_observer_leaves_out_a_rare_large_value()
    {
        float[] values = Samples.NormalTensor(new Shape(100_000), 1).AsSpan<float>().ToArray();
        values[7] = 40;
        ValueRange range = Observed(values);
        // Cutting off 5 of 40 costs 25; 100,000 values gain 60 by the finer step.
        Assert.InRange(range.Max, 30, 38);
        Assert.True(SquaredError(values, range) < 0.95 * SquaredError(values, new ValueRange(values.Min(), values.Max())));
    }

    [Fact]
    public void An_even_distribution_keeps_its_extremes()
    {
        float[] values = [.. Enumerable.Range(0, 10_000).Select(i => (i - 2000) / 1000f)];
        ValueRange range = Observed(values);
        Assert.InRange(range.Min, -2f, -1.9f);
        Assert.InRange(range.Max, 7.9f, 8f);
    }

    [Fact]
    public void Zeros_and_nothing_give_no_range_of_their_own()
    {
        var statistics = new ActivationStatistics();
        Assert.Null(statistics.Extremes);
        statistics.Observe([0, 0]);
        foreach (IRangeEstimator estimator in RangeEstimators.All) Assert.Equal(new ValueRange(0, 0), estimator.Estimate(statistics, 255));
    }

    [Fact]
    public void Values_of_one_sign_give_a_range_from_zero()
    {
        Assert.Equal(0, Observed([1, 2, 3]).Min);
        Assert.Equal(0, Observed([-1, -2, -3]).Max);
    }

    [Fact]
    public void The_order_in_which_samples_come_changes_nothing_but_rounding_of_bins() =>
        Gen.Int[0, 10_000].Sample(seed =>
        {
            float[] small = Samples.NormalTensor(new Shape(2000), seed).AsSpan<float>().ToArray(), large = [.. small.Select(v => v * 37)];
            ValueRange a = Observed(small, large), b = Observed(large, small);
            Assert.Equal(a.Max, b.Max, Math.Abs(a.Max) * 0.05f);
            Assert.Equal(a.Min, b.Min, Math.Abs(a.Min) * 0.05f);
        }, iter: 20);

    [Fact]
    public void Its_range_is_never_notably_worse_than_the_extremes() =>
        Gen.Select(Gen.Int[0, 10_000], Gen.Double[0.5, 1.5], Gen.Float[-3, 3]).Sample((seed, power, shift) =>
        {
            float[] values = [.. Samples.NormalTensor(new Shape(3000), seed).AsSpan<float>().ToArray().Select(v => (float)(Math.Sign(v) * Math.Pow(Math.Abs(v), power)) + shift)];
            Assert.True(SquaredError(values, Observed(values)) <= SquaredError(values, new ValueRange(values.Min(), values.Max())) * 1.1);
        }, iter: 50);

    [Fact]
    public void The_flat_ends_of_a_function_are_cut_off_and_its_slope_is_kept()
    {
        float[] x = [.. Enumerable.Range(0, 1001).Select(i => (i - 500) / 10f)];
        ValueRange sigmoid = FlatTails.Cut(x, Array.ConvertAll(x, v => 1 / (1 + MathF.Exp(-v))));
        Assert.InRange(sigmoid.Max, 6, 6.5f); // 1 − 1/510 at 6.2
        Assert.InRange(sigmoid.Min, -6.5f, -6);
        ValueRange relu = FlatTails.Cut(x, Array.ConvertAll(x, v => Math.Max(v, 0)));
        Assert.InRange(relu.Min, 0, 0.1f);
        Assert.Equal(50, relu.Max, 0.1f);
        Assert.Equal(new ValueRange(-50, 50), FlatTails.Cut(x, new float[1001]));
        ValueRange notFinite = FlatTails.Cut(x, Array.ConvertAll(x, v => v < 0 ? float.NaN : v));
        Assert.True(notFinite.Min <= 0 && notFinite.Max > 49);
    }

    private static ValueRange Observed(params float[][] samples)
    {
        return new LeastErrorEstimator().Estimate(Statistics(samples), 255);
    }

    private static ActivationStatistics Statistics(params float[][] samples)
    {
        var statistics = new ActivationStatistics();
        foreach (float[] s in samples) statistics.Observe(s);
        return statistics;
    }

    private static double SquaredError(float[] values, ValueRange range)
    {
        QuantizationParameters p = ActivationParameters.Of(range, symmetric: false);
        return values.Sum(v =>
        {
            double error = v - ((ActivationParameters.Quantize(v, p, symmetric: false) - p.ZeroPoint) * (double)p.Scale);
            return error * error;
        });
    }
}
