using Edge.Kernels;
using Edge.Kernels.Threading;
using Edge.Training.Losses;
using Edge.Training.Optimization;
using Xunit;

namespace Edge.Training.Tests;

public sealed class TrainingGraphTests
{
    [Fact]
    public void A_small_network_learns_to_tell_stripes_from_checks()
    {
        var task = new StripesTask(batch: 16, threads: 2, seed: 1);
        task.Train(steps: 80);
        Assert.InRange(task.Accuracy(parts: 128), 0.97, 1);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_bit_for_bit_whatever_the_threads()
    {
        float[][] weights = [.. new[] { 1, 2, 3 }.Select(threads =>
        {
            var task = new StripesTask(batch: 7, threads, seed: 9);
            task.Train(steps: 6);
            return task.Weights();
        })];
        Assert.Equal(weights[0], weights[1]);
        Assert.Equal(weights[0], weights[2]);
    }

    [Fact]
    public void Another_seed_gives_other_weights()
    {
        Assert.NotEqual(new StripesTask(batch: 4, threads: 1, seed: 1).Weights(), new StripesTask(batch: 4, threads: 1, seed: 2).Weights());
    }

    [Fact]
    public void A_frozen_trunk_keeps_its_parameters_while_the_head_learns()
    {
        var graph = new TrainingGraph(4, KernelCatalog.Select(), WorkerPool.Inline, 3) { Frozen = true };
        Value x = graph.Input("x", new Extent(6, 6, 3));
        Value features = graph.GlobalAveragePool("pool", graph.BatchNorm("bn", graph.Conv("trunk", x, 8, 3), Nonlinearity.Relu));
        graph.Frozen = false;
        Value y = graph.Dense("head", features, 2);
        var random = new RandomStream(1, "x");
        foreach (ref float v in x.Data) v = random.Normal();
        Dictionary<string, float[]> before = graph.Parameters.ToDictionary(p => p.Name, p => p.Data.ToArray());

        var optimizer = new AdamW(graph.Parameters);
        graph.Forward(training: true);
        Loss.SoftmaxCrossEntropy(y.Data, [0, 1, 0, 1], y.SeedGradient());
        graph.Backward();
        optimizer.Step(0.1f);

        Assert.False(features.CarriesGradient);
        foreach (Parameter p in graph.Parameters)
        {
            if (p.Name.StartsWith("head", StringComparison.Ordinal)) Assert.NotEqual(before[p.Name], p.Data.ToArray());
            else Assert.Equal(before[p.Name], p.Data.ToArray());
        }
    }

    [Fact]
    public void Running_statistics_approach_those_of_the_data_and_serve_inference()
    {
        var graph = new TrainingGraph(8, KernelCatalog.Select(), WorkerPool.Inline, 3);
        Value x = graph.Input("x", new Extent(16, 16, 2)), y = graph.BatchNorm("bn", x);
        var random = new RandomStream(1, "x");
        for (int step = 0; step < 100; step++)
        {
            for (int i = 0; i < x.Data.Length; i++) x.Data[i] = i % 2 == 0 ? 3 + 2 * random.Normal() : random.Normal() - 1;
            graph.Forward(training: true);
        }
        graph.Forward(training: false);
        double mean = 0, squares = 0;
        foreach (float v in y.Data)
        {
            mean += v / y.Data.Length;
            squares += (double)v * v / y.Data.Length;
        }
        Assert.InRange(mean, -0.05, 0.05);
        Assert.InRange(squares, 0.95, 1.05);
    }

    [Fact]
    public void What_no_loss_depends_on_gets_no_gradient()
    {
        var graph = new TrainingGraph(1, KernelCatalog.Select(), WorkerPool.Inline, 3);
        Value x = graph.Input("x", new Extent(1, 1, 3)), used = graph.Dense("used", x, 2), idle = graph.Dense("idle", x, 2);
        x.Data.Fill(1);
        graph.Forward(training: true);
        used.SeedGradient().Fill(1);
        graph.Backward();
        Assert.Contains(graph.Parameters.Single(p => p.Name == "used.weight").Gradient.ToArray(), g => g != 0);
        Assert.DoesNotContain(graph.Parameters.Single(p => p.Name == "idle.weight").Gradient.ToArray(), g => g != 0);
        Assert.Throws<InvalidOperationException>(() => idle.Gradient.Length);
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_layer_that_does_not_fit_is_refused_with_its_name(string expected, Action<TrainingGraph, Value> mistake)
    {
        var graph = new TrainingGraph(1, KernelCatalog.Select(), WorkerPool.Inline, 0);
        Value x = graph.Input("x", new Extent(4, 5, 6));
        var error = Assert.Throws<ArgumentException>(() => mistake(graph, x));
        Assert.Equal(expected, error.Message);
    }

    public static TheoryData<string, Action<TrainingGraph, Value>> Mistakes => new()
    {
        { "convolution 'c': 4 groups do not divide 6 input and 8 output channels", (g, x) => g.Conv("c", x, 8, 3, groups: 4) },
        { "'c': a window of 7 with stride 1 and padding 1 does not fit [4,5,6]", (g, x) => g.Conv("c", x, 8, 7, padding: 1) },
        { "dense 'd': extent [4,5,6] is not a vector [1,1,n]; pool first", (g, x) => g.Dense("d", x, 2) },
        { "global pooling 'p': extent [4,5,6] is not square", (g, x) => g.GlobalAveragePool("p", x) },
        { "addition 'a': extents [4,5,6] and [4,5,2] differ", (g, x) => g.Add("a", x, g.Conv("c", x, 2, 1)) },
        { "concatenation 'j': extents [4,5,6] and [2,2,6] differ in size", (g, x) => g.Concat("j", x, g.MaxPool("m", x, 2, 2)) },
        { "pooling 'p': padding 2 leaves windows that see nothing", (g, x) => g.MaxPool("p", x, 2, 2, 2) },
        { "the graph already has a value 'x'", (g, x) => g.Upsample("x", x, 2) },
    };
}
