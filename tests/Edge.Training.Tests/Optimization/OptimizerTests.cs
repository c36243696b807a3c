using Edge.Kernels;
using Edge.Kernels.Threading;
using Edge.Training.Optimization;
using Xunit;

namespace Edge.Training.Tests.Optimization;

public sealed class OptimizerTests
{
    [Fact]
    public void A_step_is_the_formula_of_Adam_with_decoupled_decay()
    {
        (Parameter weight, Parameter bias) = Parameters();
        float w0 = weight.Data[0], b0 = bias.Data[0];
        var optimizer = new AdamW([weight, bias]) { WeightDecay = 0.1f };
        (double m, double v, double expected, double expectedBias) = (0, 0, w0, b0);
        double[] gradients = [0.5, -2, 0.1];
        for (int t = 1; t <= gradients.Length; t++)
        {
            double g = gradients[t - 1];
            weight.Gradient[0] = bias.Gradient[0] = (float)g;
            optimizer.Step(0.01f);
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            double change = 0.01 * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8);
            expected = expected * (1 - 0.01 * 0.1) - change;
            expectedBias -= change;
        }
        Assert.Equal(expected, weight.Data[0], 5);
        Assert.Equal(expectedBias, bias.Data[0], 5);
    }

    [Fact]
    public void Large_gradients_are_scaled_down_together()
    {
        (Parameter weight, Parameter bias) = Parameters();
        weight.Gradient[0] = 30;
        bias.Gradient[0] = 40;
        var optimizer = new AdamW([weight, bias]) { MaxNorm = 1, Beta1 = 0, Beta2 = 0, Epsilon = 1, WeightDecay = 0 };
        float w = weight.Data[0], b = bias.Data[0];
        Assert.Equal(50, optimizer.Step(1), 3);
        Assert.Equal(w - 0.6f / 1.6f, weight.Data[0], 5);
        Assert.Equal(b - 0.8f / 1.8f, bias.Data[0], 5);
    }

    [Fact]
    public void The_rate_rises_to_its_peak_and_falls_to_its_floor()
    {
        var schedule = new CosineSchedule(Peak: 1, Floor: 0.1f, WarmupSteps: 4, Steps: 104);
        Assert.Equal(0.25f, schedule.At(0), 5);
        Assert.Equal(1, schedule.At(3), 5);
        Assert.Equal(1, schedule.At(4), 5);
        Assert.Equal(0.55f, schedule.At(54), 5);
        Assert.Equal(0.1f, schedule.At(104), 5);
    }

    [Fact]
    public void Averaged_weights_follow_the_trained_ones_and_can_be_swapped_in_and_out()
    {
        (Parameter weight, _) = Parameters();
        weight.Data[0] = 0;
        var average = new WeightAverage([weight], decay: 0.5f);
        weight.Data[0] = 8;
        for (int i = 0; i < 20; i++) average.Update();
        weight.Data[0] = 1;
        average.Swap();
        Assert.InRange(weight.Data[0], 7.9f, 8);
        average.Swap();
        Assert.Equal(1, weight.Data[0]);
    }

    private static (Parameter Weight, Parameter Bias) Parameters()
    {
        var graph = new TrainingGraph(1, KernelCatalog.Select(), WorkerPool.Inline, 1);
        graph.Dense("d", graph.Input("x", new Extent(1, 1, 1)), 1);
        return (graph.Parameters[0], graph.Parameters[1]);
    }
}
