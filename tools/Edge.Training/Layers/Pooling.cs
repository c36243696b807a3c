using System.Numerics;
using Edge.Training.Export;

namespace Edge.Training.Layers;

/// <summary>The largest element under a window, a channel each; the first of equals takes the gradient. Padding never wins.</summary>
internal sealed unsafe class MaxPooling : Operation
{
    private readonly Window _window;
    private readonly int[][] _winners;

    public MaxPooling(string name, Value input, Value output, Window window)
        : base(name, [input], output)
    {
        _window = window;
        _winners = new int[input.Batch][];
    }

    public override void Forward(Execution execution) => execution.ForEach(Output.Batch, n =>
    {
        Extent x = Inputs[0].Extent, y = Output.Extent;
        int[] winners = _winners[n] ??= new int[y.Count];
        float* source = Inputs[0].At(n), target = Output.At(n);
        int at = 0;
        for (int oy = 0; oy < y.Height; oy++)
            for (int ox = 0; ox < y.Width; ox++)
                for (int c = 0; c < y.Channels; c++, at++)
                {
                    winners[at] = Winner(source, x, oy, ox, c);
                    target[at] = source[winners[at]];
                }
    });

    public override void Backward(Execution execution)
    {
        if (!Inputs[0].CarriesGradient) return;
        bool add = Inputs[0].ClaimGradient();
        execution.ForEach(Output.Batch, n =>
        {
            float* dx = Inputs[0].GradientAt(n), dy = Output.GradientAt(n);
            if (!add) new Span<float>(dx, Inputs[0].Extent.Count).Clear();
            int[] winners = _winners[n];
            for (int i = 0; i < winners.Length; i++) dx[winners[i]] += dy[i];
        });
    }

    public override void Export(ModelBuilder model) => model.Pooling(this, "MaxPool", _window);

    private int Winner(float* source, Extent x, int oy, int ox, int c)
    {
        (int ky0, int ky1) = _window.Taps(oy, x.Height);
        (int kx0, int kx1) = _window.Taps(ox, x.Width);
        int best = -1;
        for (int ky = ky0; ky < ky1; ky++)
        {
            for (int kx = kx0; kx < kx1; kx++)
            {
                int i = ((oy * _window.Stride - _window.Padding + ky) * x.Width + ox * _window.Stride - _window.Padding + kx) * x.Channels + c;
                if (best < 0 || source[i] > source[best]) best = i;
            }
        }
        return best;
    }
}

/// <summary>The mean under a window without padding, a channel each.</summary>
internal sealed unsafe class AveragePooling(string name, Value input, Value output, Window window) : Operation(name, [input], output)
{
    public override void Forward(Execution execution) => execution.ForEach(Output.Batch, n =>
    {
        float* target = Output.At(n);
        Extent y = Output.Extent;
        for (int oy = 0; oy < y.Height; oy++)
            for (int ox = 0; ox < y.Width; ox++, target += y.Channels)
                for (int c = 0; c < y.Channels; c += Lanes.Count)
                {
                    Vector<float> sum = Vector<float>.Zero;
                    for (int k = 0; k < window.Kernel * window.Kernel; k++) sum += Lanes.Load(Inputs[0].At(n) + Offset(oy, ox, k) + c, y.Channels - c);
                    Lanes.Store(sum * Share, target + c, y.Channels - c);
                }
    });

    public override void Backward(Execution execution)
    {
        if (!Inputs[0].CarriesGradient) return;
        bool add = Inputs[0].ClaimGradient();
        execution.ForEach(Output.Batch, n =>
        {
            Extent y = Output.Extent;
            float* dx = Inputs[0].GradientAt(n), dy = Output.GradientAt(n);
            if (!add) new Span<float>(dx, Inputs[0].Extent.Count).Clear();
            for (int oy = 0; oy < y.Height; oy++)
                for (int ox = 0; ox < y.Width; ox++, dy += y.Channels)
                    for (int k = 0; k < window.Kernel * window.Kernel; k++)
                    {
                        float* to = dx + Offset(oy, ox, k);
                        for (int c = 0; c < y.Channels; c += Lanes.Count)
                            Lanes.Store(Lanes.Load(to + c, y.Channels - c) + Lanes.Load(dy + c, y.Channels - c) * Share, to + c, y.Channels - c);
                    }
        });
    }

    public override void Export(ModelBuilder model)
    {
        if (Output.Extent.IsVector && window.Kernel == Inputs[0].Extent.Height && window.Kernel == Inputs[0].Extent.Width) model.Node(this, "GlobalAveragePool", []);
        else model.Pooling(this, "AveragePool", window);
    }

    private float Share => 1f / (window.Kernel * window.Kernel);

    private nint Offset(int oy, int ox, int tap) =>
        ((nint)(oy * window.Stride + tap / window.Kernel) * Inputs[0].Extent.Width + ox * window.Stride + tap % window.Kernel) * Inputs[0].Extent.Channels;
}
