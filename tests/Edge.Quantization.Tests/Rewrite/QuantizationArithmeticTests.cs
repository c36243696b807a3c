using CsCheck;
using Edge.Quantization.Observers;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Tensors;
using Xunit;

namespace Edge.Quantization.Tests.Rewrite;

public class QuantizationArithmeticTests
{
    private static readonly Gen<float> Finite = Gen.Float[-1e30f, 1e30f];

    [Fact]
    public void A_range_of_zeros_gets_scale_1_and_zero_point_0()
    {
        Assert.Equal(new QuantizationParameters(1, 0), ActivationParameters.Of(new ValueRange(0, 0), symmetric: false));
        Assert.Equal(new QuantizationParameters(1, 0), ActivationParameters.Of(new ValueRange(0, 0), symmetric: true));
    }

    [Fact]
    public void A_constant_activation_gets_a_range_that_reaches_zero()
    {
        QuantizationParameters p = ActivationParameters.Of(new ValueRange(5, 5), symmetric: false);
        Assert.Equal(0, p.ZeroPoint);
        Assert.Equal(255, ActivationParameters.Quantize(5, p, symmetric: false));
        p = ActivationParameters.Of(new ValueRange(-5, -5), symmetric: false);
        Assert.Equal(255, p.ZeroPoint);
        Assert.Equal(0, ActivationParameters.Quantize(-5, p, symmetric: false));
    }

    [Fact]
    public void The_ends_of_the_range_are_the_ends_of_the_codes()
    {
        QuantizationParameters p = ActivationParameters.Of(new ValueRange(-1, 3), symmetric: false);
        Assert.Equal(64, p.ZeroPoint); // 63.75, rounded
        Assert.Equal((float)(4.0 / 255), p.Scale);
    }

    [Fact]
    public void Tiny_ranges_keep_a_scale_whose_square_is_a_normal_number()
    {
        float scale = ActivationParameters.Of(new ValueRange(0, 1e-44f), symmetric: false).Scale;
        Assert.Equal(MathF.Pow(2, -63), scale);
        Assert.True(float.IsNormal(scale * scale));
    }

    [Fact]
    public void Every_value_of_a_range_comes_back_within_one_step_and_zero_exactly() =>
        Gen.Select(Finite, Finite, Gen.Float[0, 1], Gen.Bool).Sample((a, b, t, symmetric) =>
        {
            var range = new ValueRange(Math.Min(a, b), Math.Max(a, b));
            QuantizationParameters p = ActivationParameters.Of(range, symmetric);
            Assert.True(float.IsNormal(p.Scale) && p.Scale > 0);
            Assert.InRange(p.ZeroPoint, 0, symmetric ? 0 : 255);
            float value = (float)(range.Min + (((double)range.Max - range.Min) * t));
            double back = (double)(ActivationParameters.Quantize(value, p, symmetric) - p.ZeroPoint) * p.Scale;
            // Half a step of rounding, and half of one that rounding the zero point cuts off an end.
            Assert.InRange(Math.Abs(back - value), 0, p.Scale * 1.001);
            Assert.Equal(p.ZeroPoint, ActivationParameters.Quantize(0, p, symmetric));
        });

    [Fact]
    public void Rounding_is_half_to_even()
    {
        var p = new QuantizationParameters(2, 10);
        Assert.Equal(10, ActivationParameters.Quantize(1, p, symmetric: false));
        Assert.Equal(12, ActivationParameters.Quantize(3, p, symmetric: false));
        Assert.Equal([2, -2, 127, -127], WeightQuantizer.Quantize([2.5f, -2.5f, 300, -300], [1], _ => 0).Values.Select(v => (int)v));
    }

    [Fact]
    public void Saturation_does_the_work_of_a_relu_only_where_the_zero_point_is_the_lowest_code()
    {
        Assert.True(ActivationParameters.Clips(ActivationParameters.Of(new(0, 4), false), false, 0, float.PositiveInfinity));
        Assert.False(ActivationParameters.Clips(ActivationParameters.Of(new(-1, 4), false), false, 0, float.PositiveInfinity));
        Assert.False(ActivationParameters.Clips(ActivationParameters.Of(new(0, 4), true), true, 0, float.PositiveInfinity));
        Assert.True(ActivationParameters.Clips(ActivationParameters.Of(new(0, 6), false), false, 0, 6));
        Assert.True(ActivationParameters.Clips(ActivationParameters.Of(new(0, 5), false), false, 0, 6));
        Assert.False(ActivationParameters.Clips(ActivationParameters.Of(new(0, 7), false), false, 0, 6));
    }

    [Fact]
    public void Each_channel_has_its_own_scale_and_a_dead_channel_that_of_the_largest()
    {
        float[] scales = WeightQuantizer.Scales([1f, -12.7f, 0, 0, 0.5f, 0.127f], 3, i => i / 2);
        Assert.Equal([(float)(12.7f / 127.0), (float)(12.7f / 127.0), (float)(0.5 / 127)], scales);
        Assert.Equal([1f / 127], WeightQuantizer.Scales([0f, 0], 1, _ => 0));
    }

    [Fact]
    public void Weights_that_are_whole_steps_have_no_noise() =>
        Assert.Equal(double.PositiveInfinity, WeightQuantizer.Quantize([-127f, 5, 0], [1], _ => 0).SqnrDb);

    [Fact]
    public void A_bias_beyond_int32_enlarges_the_weight_scale_of_its_channel_alone()
    {
        float[] scales = [1e-9f, 1e-3f];
        Assert.True(BiasQuantizer.MakeRoom(scales, 1e-3f, [100f, 1f], products: 9));
        Assert.Equal(1e-3f, scales[1]);
        int q = BiasQuantizer.Quantize([100f, 1f], BiasQuantizer.Scales(scales, 1e-3f))[0];
        Assert.InRange(q, 1 << 30, int.MaxValue - (9 * 255 * 127));
        Assert.False(BiasQuantizer.MakeRoom(scales, 1e-3f, [100f, 1f], products: 9));
    }

    [Fact]
    public void Any_bias_fits_the_accumulator_beside_the_largest_sum() =>
        Gen.Select(Gen.Float[1e-18f, 1e3f], Gen.Float[1e-18f, 1e3f], Gen.Float[-1e4f, 1e4f], Gen.Int[1, 20000]).Sample((scale, input, bias, products) =>
        {
            float[] scales = [scale];
            BiasQuantizer.MakeRoom(scales, input, [bias], products);
            long q = BiasQuantizer.Quantize([bias], BiasQuantizer.Scales(scales, input))[0];
            // One float32 rounding of the bias's scale may move it by a part in 2^23.
            Assert.InRange(Math.Abs(q), 0, Math.Max(int.MaxValue - (255L * 127 * products), 1 << 30) + 512);
        });
}
