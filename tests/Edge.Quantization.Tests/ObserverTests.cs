using CsCheck;
using Edge.Quantization.Observers;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Tensors;
using Xunit;

namespace Edge.Quantization.Tests;

public class ObserverTests
{
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
        var observer = new LeastErrorObserver();
        Assert.Null(observer.Range);
        observer.Observe([0, 0]);
        Assert.Equal(new ValueRange(0, 0), observer.Range);
        Assert.Throws<NotFiniteNumberException>(() => observer.Observe([float.NaN]));
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
        var observer = new LeastErrorObserver();
        foreach (float[] s in samples) observer.Observe(s);
        return observer.Range!.Value;
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
