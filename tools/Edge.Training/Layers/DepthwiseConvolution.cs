using System.Numerics;
using System.Numerics.Tensors;
using Edge.Tensors;
using Edge.Training.Export;

namespace Edge.Training.Layers;

/// <summary>One filter a channel. Weights <c>[kH, kW, channels]</c>. A vector holds consecutive channels.</summary>
internal sealed unsafe class DepthwiseConvolution : Operation
{
    private readonly Window _window;
    private readonly Parameter _weights;
    private readonly float[][] _partial;
    private bool _addToInput;

    public DepthwiseConvolution(string name, Value input, Value output, Window window, Parameter weights)
        : base(name, [input], output)
    {
        _window = window;
        _weights = weights;
        _partial = new float[input.Batch][];
    }

    public static Shape WeightShape(int channels, int kernel) => new(kernel, kernel, channels);

    public override IReadOnlyList<Parameter> Parameters => [_weights];

    public override long MultiplyAdds => (long)Output.Extent.Count * _window.Kernel * _window.Kernel;

    public override void Forward(Execution execution) => execution.ForEach(Output.Batch, ForwardSample);

    public override void Backward(Execution execution)
    {
        bool toInput = Inputs[0].CarriesGradient;
        if (toInput) _addToInput = Inputs[0].ClaimGradient();
        execution.ForEach(Output.Batch, n =>
        {
            if (_weights.IsTrained) WeightGradient(n);
            if (toInput) InputGradient(n);
        });
        if (!_weights.IsTrained) return;
        _partial[0].CopyTo(_weights.Gradient);
        for (int n = 1; n < _partial.Length; n++) TensorPrimitives.Add(_weights.Gradient, _partial[n], _weights.Gradient);
    }

    public override void Export(ModelBuilder model)
    {
        int channels = Output.Extent.Channels, taps = _window.Kernel * _window.Kernel;
        var oihw = new float[channels * taps];
        for (int c = 0; c < channels; c++)
            for (int k = 0; k < taps; k++)
                oihw[c * taps + k] = _weights.Data[k * channels + c];
        string weights = model.Initializer(Name + ".weight", [channels, 1, _window.Kernel, _window.Kernel], oihw);
        model.Convolution(this, [weights], _window, channels);
    }

    private void ForwardSample(int n)
    {
        Extent x = Inputs[0].Extent, y = Output.Extent;
        float* source = Inputs[0].At(n), target = Output.At(n), weights = _weights.Pointer;
        int channels = y.Channels;
        for (int oy = 0; oy < y.Height; oy++)
        {
            (int ky0, int ky1) = _window.Taps(oy, x.Height);
            for (int ox = 0; ox < y.Width; ox++, target += channels)
            {
                (int kx0, int kx1) = _window.Taps(ox, x.Width);
                for (int c = 0; c < channels; c += Lanes.Count)
                {
                    int lanes = channels - c;
                    Vector<float> sum = Vector<float>.Zero;
                    for (int ky = ky0; ky < ky1; ky++)
                    {
                        float* from = source + Offset(x, oy, ox, ky, kx0) + c;
                        float* w = weights + (ky * _window.Kernel + kx0) * channels + c;
                        for (int kx = kx0; kx < kx1; kx++, from += channels, w += channels)
                            sum += Lanes.Load(from, lanes) * Lanes.Load(w, lanes);
                    }
                    Lanes.Store(sum, target + c, lanes);
                }
            }
        }
    }

    private void InputGradient(int n)
    {
        Extent x = Inputs[0].Extent, y = Output.Extent;
        float* dx = Inputs[0].GradientAt(n), dy = Output.GradientAt(n), weights = _weights.Pointer;
        int channels = y.Channels;
        if (!_addToInput) new Span<float>(dx, x.Count).Clear();
        for (int oy = 0; oy < y.Height; oy++)
        {
            (int ky0, int ky1) = _window.Taps(oy, x.Height);
            for (int ox = 0; ox < y.Width; ox++, dy += channels)
            {
                (int kx0, int kx1) = _window.Taps(ox, x.Width);
                for (int c = 0; c < channels; c += Lanes.Count)
                {
                    int lanes = channels - c;
                    Vector<float> g = Lanes.Load(dy + c, lanes);
                    for (int ky = ky0; ky < ky1; ky++)
                    {
                        float* to = dx + Offset(x, oy, ox, ky, kx0) + c;
                        float* w = weights + (ky * _window.Kernel + kx0) * channels + c;
                        for (int kx = kx0; kx < kx1; kx++, to += channels, w += channels)
                            Lanes.Store(Lanes.Load(to, lanes) + g * Lanes.Load(w, lanes), to, lanes);
                    }
                }
            }
        }
    }

    private void WeightGradient(int n)
    {
        float[] partial = _partial[n] ??= GC.AllocateArray<float>(_weights.Shape.Count, pinned: true);
        partial.AsSpan().Clear();
        fixed (float* dw = partial)
        {
            for (int oy = 0; oy < Output.Extent.Height; oy++)
            {
                (int ky0, int ky1) = _window.Taps(oy, Inputs[0].Extent.Height);
                for (int ky = ky0; ky < ky1; ky++)
                    for (int kx = 0; kx < _window.Kernel; kx++)
                        AddRow(n, oy, ky, kx, dw + (ky * _window.Kernel + kx) * Output.Extent.Channels);
            }
        }
    }

    /// <summary>One tap's share of one output row: the sum over the row of input times gradient, a channel a lane.</summary>
    private void AddRow(int n, int oy, int ky, int kx, float* dw)
    {
        Extent x = Inputs[0].Extent, y = Output.Extent;
        int channels = y.Channels, stride = _window.Stride, shift = kx - _window.Padding;
        int first = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
        int end = Math.Min(y.Width, (x.Width - 1 - shift) / stride + 1);
        float* source = Inputs[0].At(n) + Offset(x, oy, first, ky, kx);
        float* dy = Output.GradientAt(n) + ((nint)oy * y.Width + first) * channels;
        for (int c = 0; c < channels; c += Lanes.Count)
        {
            int lanes = channels - c;
            Vector<float> sum = Lanes.Load(dw + c, lanes);
            float* a = source + c, b = dy + c;
            for (int ox = first; ox < end; ox++, a += stride * channels, b += channels)
                sum += Lanes.Load(a, lanes) * Lanes.Load(b, lanes);
            Lanes.Store(sum, dw + c, lanes);
        }
    }

    private nint Offset(Extent x, int oy, int ox, int ky, int kx) =>
        ((nint)(oy * _window.Stride - _window.Padding + ky) * x.Width + ox * _window.Stride - _window.Padding + kx) * x.Channels;
}
