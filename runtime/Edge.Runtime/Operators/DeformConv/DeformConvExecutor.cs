using Edge.Kernels.Dense;
using Edge.Kernels.Layout;
using Edge.Kernels.Sampling;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.DeformConv;

/// <summary>Image by image: columns, then for each group their product with the weights, whose channels were moved last.</summary>
internal sealed unsafe class DeformConvExecutor : Executor
{
    private readonly ConvGeometry _g;
    private readonly DenseKernels _dense;
    private readonly DeformableColumns _columns;
    private readonly ChannelsFirst? _layout;
    private readonly StridedCopy _reorder;
    private readonly int _pixels;
    private readonly int _taps;
    private readonly bool _hasBias;
    private readonly bool _hasMask;
    private readonly nint _layoutBytes;
    private readonly nint _weightBytes;
    private readonly nint _columnBytes;

    public DeformConvExecutor(PrepareContext c, in ConvGeometry g, int offsetGroups, bool channelsLast)
    {
        _g = g;
        _dense = c.Kernels.Dense;
        _columns = new DeformableColumns(g, offsetGroups);
        _layout = channelsLast ? null : new ChannelsFirst(g, sizeof(float), sizeof(float), residual: false);
        int kernel = g.KernelHeight * g.KernelWidth;
        _reorder = StridedCopy.Transpose([g.OutChannels, g.InChannelsPerGroup, kernel], [0, 2, 1], sizeof(float));
        _pixels = g.OutHeight * g.OutWidth;
        _taps = offsetGroups * kernel;
        _hasBias = c.Has(DeformConvOperator.Bias);
        _hasMask = c.Has(DeformConvOperator.Mask);
        _layoutBytes = Scratch.Align(_layout?.ScratchBytes ?? 0);
        _weightBytes = Scratch.Align((nint)c.Shape(DeformConvOperator.Weights).Count * sizeof(float));
        _columnBytes = Scratch.Align((nint)_pixels * _columns.Rows * sizeof(float));
    }

    public override string Kernel => "deform_conv_f32";

    public override long Macs => _g.Macs;

    public override nint ScratchBytes => _layoutBytes + _weightBytes + _columnBytes
        + _dense.MatMulF32ScratchBytes(_pixels, _g.OutChannelsPerGroup, _columns.Rows / _g.Group);

    public override void Execute(in StepContext c)
    {
        byte* given = c.Output<byte>(0);
        float* x = (float*)(_layout is null ? c.Input<byte>(0) : _layout.Input(c.Input<byte>(0), c.Scratch, c.Pool));
        float* y = (float*)(_layout is null ? given : _layout.Target(given, c.Scratch));
        float* weights = (float*)(c.Scratch + _layoutBytes), columns = (float*)(c.Scratch + _layoutBytes + _weightBytes);
        byte* rest = (byte*)columns + _columnBytes;
        _reorder.Run(c.Input<byte>(DeformConvOperator.Weights), (byte*)weights, c.Pool);
        float* offset = c.Input<float>(DeformConvOperator.Offset);
        float* mask = _hasMask ? c.Input<float>(DeformConvOperator.Mask) : null;
        bool last = _layout is null;
        TapStrides offsetStrides = last ? new(1, 2 * _taps) : new(_pixels, 1), maskStrides = last ? new(1, _taps) : new(_pixels, 1);
        int k = _columns.Rows / _g.Group, channels = _g.OutChannelsPerGroup;
        for (int n = 0; n < _g.Batch && _pixels > 0; n++)
        {
            float* of = y + (nint)n * _pixels * _g.OutChannels;
            _columns.Run(x + (nint)n * _g.InHeight * _g.InWidth * _g.InChannels, offset + 2 * (nint)n * _taps * _pixels, offsetStrides,
                mask is null ? null : mask + (nint)n * _taps * _pixels, maskStrides, columns, c.Pool);
            for (int group = 0; group < _g.Group; group++)
                _dense.MatMulF32(_pixels, channels, k, columns + (nint)group * k, _columns.Rows, weights + (nint)group * channels * k, k, true,
                    of + group * channels, _g.OutChannels, rest, c.Pool);
            if (_hasBias) Add(c.Input<float>(DeformConvOperator.Bias), of);
        }

        _layout?.Output(given, c.Scratch, c.Pool);
    }

    private void Add(float* bias, float* y)
    {
        for (int p = 0; p < _pixels; p++, y += _g.OutChannels)
            for (int o = 0; o < _g.OutChannels; o++) y[o] += bias[o];
    }
}
