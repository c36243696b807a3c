using Edge.Kernels;
using Edge.Kernels.Threading;
using Edge.Training.Losses;
using Edge.Training.Optimization;

namespace Edge.Training.Tests;

/// <summary>A classifier of three kinds of noisy 8×8 patterns, with every kind of layer that carries weights.</summary>
internal sealed class StripesTask
{
    private readonly TrainingGraph _graph;
    private readonly Value _input, _logits;
    private readonly RandomStream _random;
    private readonly int[] _classes;

    public StripesTask(int batch, int threads, ulong seed)
    {
        _graph = new TrainingGraph(batch, KernelCatalog.Select(), new WorkerPool(threads), seed);
        _input = _graph.Input("x", new Extent(8, 8, 1));
        Value x = _graph.BatchNorm("bn1", _graph.Conv("conv1", _input, 8, 3, 1, 1), Nonlinearity.Relu6);
        Value y = _graph.BatchNorm("bn2", _graph.DepthwiseConv("dw", x, 3, 1, 1), Nonlinearity.HardSwish);
        y = _graph.BatchNorm("bn3", _graph.Conv("conv2", y, 8, 1));
        x = _graph.Activate("relu", _graph.Add("sum", x, y), Nonlinearity.Relu);
        _logits = _graph.Dense("dense", _graph.GlobalAveragePool("pool", x), 3);
        _random = new RandomStream(seed, "patterns");
        _classes = new int[batch];
    }

    public void Train(int steps)
    {
        var optimizer = new AdamW(_graph.Parameters);
        for (int step = 0; step < steps; step++)
        {
            Draw();
            _graph.Forward(training: true);
            Loss.SoftmaxCrossEntropy(_logits.Data, _classes, _logits.SeedGradient());
            _graph.Backward();
            optimizer.Step(0.02f);
        }
    }

    public double Accuracy(int parts)
    {
        int right = 0, seen = 0;
        while (seen < parts)
        {
            Draw();
            _graph.Forward(training: false);
            for (int n = 0; n < _classes.Length; n++, seen++)
            {
                Span<float> row = _logits.Sample(n);
                if (row.IndexOf(MathF.Max(row[0], MathF.Max(row[1], row[2]))) == _classes[n]) right++;
            }
        }
        return (double)right / seen;
    }

    public float[] Weights() => [.. _graph.Parameters.SelectMany(p => p.Data.ToArray())];

    /// <summary>Horizontal stripes, vertical stripes or a checkerboard, of random phase and contrast.</summary>
    private void Draw()
    {
        for (int n = 0; n < _classes.Length; n++)
        {
            int kind = _classes[n] = _random.Next(3), phase = _random.Next(2);
            float contrast = _random.Uniform(0.6f, 1.4f);
            Span<float> sample = _input.Sample(n);
            for (int i = 0; i < sample.Length; i++)
            {
                int x = i % 8, y = i / 8, stripe = kind switch { 0 => y, 1 => x, _ => x + y };
                sample[i] = contrast * ((stripe + phase) % 2 == 0 ? 1 : -1) + 0.3f * _random.Normal();
            }
        }
    }
}
