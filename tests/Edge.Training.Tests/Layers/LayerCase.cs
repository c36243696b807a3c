using Edge.Kernels;
using Edge.Kernels.Threading;
using Xunit;

namespace Edge.Training.Tests.Layers;

/// <summary>One layer of one shape, with its definition in double precision.</summary>
/// <param name="Build">Adds the layer to a graph.</param>
/// <param name="Define">The same, from the batch's input and the parameters in order of creation.</param>
internal sealed record LayerCase(Extent Input, Func<TrainingGraph, Value, Value> Build, Func<double[], IReadOnlyList<double[]>, double[]> Define)
{
    public const int Batch = 3;

    /// <summary>Largest difference allowed, relative to the largest magnitude compared: float32 sums against double ones.</summary>
    private const double Tolerance = 2e-5;

    private const double Step = 1e-6;

    /// <summary>Compares the output, the input's gradient and every parameter's gradient for a random loss Σ r·y.</summary>
    public void Check(KernelSet kernels)
    {
        var graph = new TrainingGraph(Batch, kernels, WorkerPool.Inline, seed: 5);
        Value x = graph.Input("x", Input, differentiable: true), y = Build(graph, x);
        var random = new RandomStream(5, "case");
        foreach (ref float v in x.Data) v = 2 * random.Normal();
        foreach (Parameter p in graph.Parameters)
            if (p.Role == ParameterRole.Offset)
                foreach (ref float v in p.Data) v += 0.5f * random.Normal();

        graph.Forward(training: true);
        double[][] values = [Widen(x.Data), .. graph.Parameters.Select(p => Widen(p.Data))];
        AssertClose("output", Widen(y.Data), Define(values[0], values[1..]));

        double[] weights = new double[y.Data.Length];
        Span<float> seed = y.SeedGradient();
        for (int i = 0; i < weights.Length; i++) weights[i] = seed[i] = random.Normal();
        graph.Backward();
        AssertClose("gradient of the input", Widen(x.Gradient), Numeric(values, 0, weights));
        for (int p = 0; p < graph.Parameters.Count; p++)
            if (graph.Parameters[p].Role != ParameterRole.Statistic)
                AssertClose("gradient of " + graph.Parameters[p].Name, Widen(graph.Parameters[p].Gradient), Numeric(values, p + 1, weights));
    }

    private double[] Numeric(double[][] values, int which, double[] weights)
    {
        double[] moved = values[which];
        var gradient = new double[moved.Length];
        for (int i = 0; i < moved.Length; i++)
        {
            double kept = moved[i];
            moved[i] = kept + Step;
            double[] up = Define(values[0], values[1..]);
            moved[i] = kept - Step;
            double[] down = Define(values[0], values[1..]);
            moved[i] = kept;
            for (int j = 0; j < weights.Length; j++) gradient[i] += weights[j] * (up[j] - down[j]) / (2 * Step);
        }
        return gradient;
    }

    private static double[] Widen(ReadOnlySpan<float> data)
    {
        var wide = new double[data.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = data[i];
        return wide;
    }

    private static void AssertClose(string what, double[] actual, double[] expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = Math.Max(1, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(actual[i] - expected[i]) <= Tolerance * scale, $"{what}[{i}]: {actual[i]:R} instead of {expected[i]:R}");
    }
}
