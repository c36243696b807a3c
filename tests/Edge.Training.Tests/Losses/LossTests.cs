using Edge.Training.Losses;
using Xunit;

namespace Edge.Training.Tests.Losses;

public sealed class LossTests
{
    private delegate double Evaluation(ReadOnlySpan<float> prediction, Span<float> gradient);

    [Fact]
    public void Cross_entropy_of_equal_logits_is_the_logarithm_of_the_class_count() =>
        Assert.Equal(Math.Log(4), Loss.SoftmaxCrossEntropy([2, 2, 2, 2], [1], new float[4]), 6);

    [Fact]
    public void Cross_entropy_does_not_overflow() =>
        Assert.Equal(1000, Loss.SoftmaxCrossEntropy([1000, 0], [1], new float[2]), 3);

    [Fact]
    public void Focal_loss_without_focus_is_half_the_binary_cross_entropy()
    {
        float[] x = [-2, 0.3f, 5], t = [0, 1, 0];
        double plain = Loss.BinaryCrossEntropy(x, t, 1, new float[3]);
        Assert.Equal(plain / 2, Loss.Focal(x, t, 0.5f, 0, 1, new float[3]), 6);
    }

    [Fact]
    public void Focal_loss_passes_over_negative_targets()
    {
        var gradient = new float[2];
        double with = Loss.Focal([1, 3], [1, -1], 0.25f, 2, 1, gradient);
        Assert.Equal(Loss.Focal([1], [1], 0.25f, 2, 1, new float[1]), with, 12);
        Assert.Equal(0, gradient[1]);
    }

    [Fact]
    public void Equal_boxes_have_no_loss() => Assert.Equal(0, Loss.GeneralizedIoU([1, 2, 3, 4], [1, 2, 3, 4], 1, new float[4]), 6);

    [Fact]
    public void A_box_of_half_the_size_inside_loses_one_half() =>
        Assert.Equal(0.5, Loss.GeneralizedIoU([1, 1, 1, 1], [1, 1, 3, 1], 1, new float[4]), 6);

    [Fact]
    public void Smooth_l1_is_quadratic_then_linear() =>
        Assert.Equal((0.125 + 2.5) * 2, Loss.SmoothL1([0.5f, -3], [0, 0], 1, 2, new float[2]), 6);

    [Fact]
    public void Gradients_equal_differences_of_the_loss()
    {
        var random = new RandomStream(3, "loss");
        for (int round = 0; round < 50; round++)
        {
            float[] x = Draw(random, 8, 2), t = [.. Draw(random, 8, 1).Select(v => Math.Clamp(MathF.Abs(v), 0, 1))];
            float[] box = [.. Draw(random, 4, 2).Select(MathF.Abs)], wanted = [.. Draw(random, 4, 2).Select(v => MathF.Abs(v) + 0.1f)];
            Check(x, (p, g) => Loss.SoftmaxCrossEntropy(p, [3, 0], g));
            Check(x, (p, g) => Loss.BinaryCrossEntropy(p, t, 0.3f, g));
            Check(x, (p, g) => Loss.Focal(p, t, 0.25f, 2, 0.7f, g));
            Check(x, (p, g) => Loss.Focal(p, t, 0.75f, 1.5f, 1, g));
            Check(x, (p, g) => Loss.SmoothL1(p, t, 0.4f, 0.5f, g));
            Check(x, (p, g) => Loss.MeanSquaredError(p, t, g));
            Check(box, (p, g) => Loss.GeneralizedIoU(p, wanted, 1.5f, g));
            Check([.. Draw(random, 4, 2).Select(v => v + 1.5f)], (p, g) => p[0] + p[2] > 0.2f && p[1] + p[3] > 0.2f ? Loss.GeneralizedIoU(p, wanted, 1, g) : 0);
        }
    }

    [Fact]
    public void Losses_add_to_the_gradient()
    {
        float[] once = new float[2], twice = new float[2];
        Loss.MeanSquaredError([1, 2], [0, 0], once);
        Loss.MeanSquaredError([1, 2], [0, 0], twice);
        Loss.MeanSquaredError([1, 2], [0, 0], twice);
        Assert.Equal([2 * once[0], 2 * once[1]], twice);
    }

    private static void Check(float[] x, Evaluation evaluate)
    {
        const float step = 1f / 2048;
        var gradient = new float[x.Length];
        evaluate(x, gradient);
        for (int i = 0; i < x.Length; i++)
        {
            float kept = x[i];
            x[i] = kept + step;
            float high = x[i];
            double up = evaluate(x, new float[x.Length]);
            x[i] = kept - step;
            float low = x[i];
            double down = evaluate(x, new float[x.Length]);
            x[i] = kept;
            double left = evaluate(x, new float[x.Length]);
            // At a kink the derivative lies between the one-sided differences.
            double forward = (up - left) / (high - kept), backward = (left - down) / (kept - low);
            Assert.InRange(gradient[i], Math.Min(forward, backward) - 1e-3, Math.Max(forward, backward) + 1e-3);
        }
    }

    private static float[] Draw(RandomStream random, int count, float scale) => [.. Enumerable.Range(0, count).Select(_ => scale * random.Normal())];
}
