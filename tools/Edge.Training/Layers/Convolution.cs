using System.Numerics.Tensors;
using Edge.Tensors;
using Edge.Training.Export;
using Tensor = Edge.Tensors.Tensor;

namespace Edge.Training.Layers;

/// <summary>
/// Convolution by im2col and matrix products. Weights <c>[groups, kH·kW·inC/groups, outC/groups]</c>, the middle index
/// running over ky, kx, input channel.
/// </summary>
internal sealed unsafe class Convolution : Operation
{
    private readonly Window _window;
    private readonly int _groups, _inGroup, _outGroup, _depth;
    private readonly Parameter _weights;
    private readonly Parameter? _bias;
    private readonly Tensor?[] _partialWeights;
    private readonly float[][] _partialBias;
    private bool _addToInput;

    public Convolution(string name, Value input, Value output, Window window, int groups, Parameter weights, Parameter? bias)
        : base(name, [input], output)
    {
        _window = window;
        _groups = groups;
        _inGroup = input.Extent.Channels / groups;
        _outGroup = output.Extent.Channels / groups;
        _depth = window.Kernel * window.Kernel * _inGroup;
        _weights = weights;
        _bias = bias;
        _partialWeights = new Tensor?[input.Batch];
        _partialBias = new float[input.Batch][];
    }

    public static Shape WeightShape(int inChannels, int outChannels, int kernel, int groups) =>
        new(groups, kernel * kernel * (inChannels / groups), outChannels / groups);

    public override IReadOnlyList<Parameter> Parameters => _bias is null ? [_weights] : [_weights, _bias];

    public override long MultiplyAdds => (long)Output.Extent.Count * _depth;

    private bool IsPointwise => _window is { Kernel: 1, Stride: 1, Padding: 0 };

    public override void Forward(Execution execution) => execution.ForEach(Output.Batch, n => ForwardSample(execution, n));

    public override void Backward(Execution execution)
    {
        bool toInput = Inputs[0].CarriesGradient;
        if (toInput) _addToInput = Inputs[0].ClaimGradient();
        execution.ForEach(Output.Batch, n =>
        {
            if (_weights.IsTrained) WeightGradient(execution, n);
            if (toInput) InputGradient(execution, n);
        });
        if (!_weights.IsTrained) return;
        SumInOrder(n => _partialWeights[n]!.AsSpan<float>(), _weights.Gradient);
        if (_bias is not null) SumInOrder(n => _partialBias[n], _bias.Gradient);
    }

    public override void Export(ModelBuilder model)
    {
        Extent x = Inputs[0].Extent, y = Output.Extent;
        int kernel = _window.Kernel;
        var oihw = new float[_weights.Shape.Count];
        for (int o = 0; o < y.Channels; o++)
        {
            int g = o / _outGroup, within = o % _outGroup;
            for (int i = 0; i < _inGroup; i++)
                for (int k = 0; k < kernel * kernel; k++)
                    oihw[(o * _inGroup + i) * kernel * kernel + k] = _weights.Data[(g * _depth + k * _inGroup + i) * _outGroup + within];
        }
        string weights = model.Initializer(Name + ".weight", [y.Channels, x.Channels / _groups, kernel, kernel], oihw);
        string[] inputs = _bias is null ? [weights] : [weights, model.Initializer(Name + ".bias", [y.Channels], _bias.Data)];
        model.Convolution(this, inputs, _window, _groups);
    }

    private void SumInOrder(Func<int, ReadOnlySpan<float>> part, Span<float> sum)
    {
        part(0).CopyTo(sum);
        for (int n = 1; n < Output.Batch; n++) TensorPrimitives.Add(sum, part(n), sum);
    }

    private void ForwardSample(Execution execution, int n)
    {
        Extent y = Output.Extent;
        using Execution.Scratch columns = execution.Rent(IsPointwise ? 16 : (long)y.Pixels * _depth);
        for (int g = 0; g < _groups; g++)
        {
            (nint address, nint stride) = Rows(n, g, columns.Pointer);
            execution.Multiply(y.Pixels, _outGroup, _depth, (float*)address, stride, GroupWeights(g), _outGroup, false, Output.At(n) + g * _outGroup, y.Channels);
        }
        if (_bias is null) return;
        for (int p = 0; p < y.Pixels; p++)
        {
            var pixel = new Span<float>(Output.At(n) + (nint)p * y.Channels, y.Channels);
            TensorPrimitives.Add(pixel, _bias.Data, pixel);
        }
    }

    private void WeightGradient(Execution execution, int n)
    {
        Extent y = Output.Extent;
        Tensor partial = _partialWeights[n] ??= Tensor.Create<float>(_weights.Shape);
        using Execution.Scratch columns = execution.Rent(IsPointwise ? 16 : (long)y.Pixels * _depth);
        using Execution.Scratch transposed = execution.Rent((long)y.Pixels * _depth);
        for (int g = 0; g < _groups; g++)
        {
            (nint address, nint stride) = Rows(n, g, columns.Pointer);
            Matrix.Transpose((float*)address, y.Pixels, _depth, stride, transposed.Pointer);
            float* dy = Output.GradientAt(n) + g * _outGroup;
            execution.Multiply(_depth, _outGroup, y.Pixels, transposed.Pointer, y.Pixels, dy, y.Channels, false, (float*)partial.Data + (nint)g * _depth * _outGroup, _outGroup);
        }
        if (_bias is null) return;
        float[] sums = _partialBias[n] ??= new float[y.Channels];
        sums.AsSpan().Clear();
        for (int p = 0; p < y.Pixels; p++)
            TensorPrimitives.Add(sums, new ReadOnlySpan<float>(Output.GradientAt(n) + (nint)p * y.Channels, y.Channels), sums);
    }

    private void InputGradient(Execution execution, int n)
    {
        Extent x = Inputs[0].Extent, y = Output.Extent;
        float* dx = Inputs[0].GradientAt(n);
        bool direct = IsPointwise && !_addToInput;
        using Execution.Scratch columns = execution.Rent(direct ? 16 : (long)y.Pixels * _depth);
        if (!IsPointwise && !_addToInput) new Span<float>(dx, x.Count).Clear();
        for (int g = 0; g < _groups; g++)
        {
            float* dy = Output.GradientAt(n) + g * _outGroup;
            float* target = direct ? dx + g * _inGroup : columns.Pointer;
            execution.Multiply(y.Pixels, _depth, _outGroup, dy, y.Channels, GroupWeights(g), _outGroup, true, target, direct ? x.Channels : _depth);
            if (!direct) _window.Scatter(columns.Pointer, x, y, dx + g * _inGroup, _inGroup);
        }
    }

    /// <summary>The matrix whose rows are the inputs of each output pixel, for one group: address and row stride.</summary>
    private (nint Address, nint Stride) Rows(int n, int group, float* columns)
    {
        Extent x = Inputs[0].Extent;
        float* source = Inputs[0].At(n) + group * _inGroup;
        if (IsPointwise) return ((nint)source, x.Channels);
        _window.Gather(source, x, Output.Extent, columns, _inGroup);
        return ((nint)columns, _depth);
    }

    private float* GroupWeights(int g) => _weights.Pointer + (nint)g * _depth * _outGroup;
}
