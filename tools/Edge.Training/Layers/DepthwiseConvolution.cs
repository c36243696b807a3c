using System.Numerics.Tensors;
using Edge.Tensors;
using Edge.Training.Export;

namespace Edge.Training.Layers;

/// <summary>One filter a channel. Weights <c>[kH, kW, channels]</c>.</summary>
internal sealed unsafe class DepthwiseConvolution : Operation
{
    private readonly Window _window;
    private readonly Parameter _weights;
    private readonly float[][] _partial;
    private readonly float[] _turned;

    public DepthwiseConvolution(string name, Value input, Value output, Window window, Parameter weights)
        : base(name, [input], output)
    {
        _window = window;
        _weights = weights;
        _partial = new float[input.Batch][];
        _turned = new float[weights.Shape.Count];
    }

    public static Shape WeightShape(int channels, int kernel) => new(kernel, kernel, channels);

    public override IReadOnlyList<Parameter> Parameters => [_weights];

    public override long MultiplyAdds => (long)Output.Extent.Count * _window.Kernel * _window.Kernel;

    private int Channels => Output.Extent.Channels;

    public override void Forward(Execution execution) => execution.ForEach(Output.Batch, n =>
        DepthwiseFilter.Apply(Inputs[0].At(n), Inputs[0].Extent, _weights.Pointer, _window, Output.At(n), Output.Extent, add: false));

    public override void Backward(Execution execution)
    {
        bool toInput = Inputs[0].CarriesGradient, add = toInput && Inputs[0].ClaimGradient();
        if (toInput) TurnWeights();
        execution.ForEach(Output.Batch, n =>
        {
            if (_weights.IsTrained) WeightGradient(n);
            if (toInput) InputGradient(n, add);
        });
        if (!_weights.IsTrained) return;
        _partial[0].CopyTo(_weights.Gradient);
        for (int n = 1; n < _partial.Length; n++) TensorPrimitives.Add(_weights.Gradient, _partial[n], _weights.Gradient);
    }

    public override void Export(ModelBuilder model)
    {
        int taps = _window.Kernel * _window.Kernel;
        var oihw = new float[Channels * taps];
        for (int c = 0; c < Channels; c++)
            for (int k = 0; k < taps; k++)
                oihw[c * taps + k] = _weights.Data[k * Channels + c];
        string weights = model.Initializer(Name + ".weight", [Channels, 1, _window.Kernel, _window.Kernel], oihw);
        model.Convolution(this, [weights], _window, Channels);
    }

    /// <summary>
    /// With a stride of 1 the input's gradient is the output's filtered with the weights turned by half a turn, the
    /// window reaching out as far as it reached in.
    /// </summary>
    private void InputGradient(int n, bool add)
    {
        float* dx = Inputs[0].GradientAt(n), dy = Output.GradientAt(n);
        Extent x = Inputs[0].Extent, y = Output.Extent;
        if (_window.Stride == 1 && _window.Padding < _window.Kernel)
        {
            fixed (float* turned = _turned)
                DepthwiseFilter.Apply(dy, y, turned, _window with { Padding = _window.Kernel - 1 - _window.Padding }, dx, x, add);
            return;
        }
        if (!add) new Span<float>(dx, x.Count).Clear();
        DepthwiseFilter.Scatter(dy, y, _weights.Pointer, _window, dx, x);
    }

    private void WeightGradient(int n)
    {
        float[] partial = _partial[n] ??= new float[_weights.Shape.Count];
        partial.AsSpan().Clear();
        fixed (float* dw = partial)
            DepthwiseFilter.Correlate(Inputs[0].At(n), Inputs[0].Extent, Output.GradientAt(n), Output.Extent, _window, dw);
    }

    private void TurnWeights()
    {
        int taps = _window.Kernel * _window.Kernel;
        for (int k = 0; k < taps; k++) _weights.Data.Slice(k * Channels, Channels).CopyTo(_turned.AsSpan((taps - 1 - k) * Channels));
    }
}
