using Edge.Kernels.Dense;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QLinearConv;

/// <summary>
/// An integer convolution of which a run brings weights, zero points or scales: computed as it is defined, tap by tap, in
/// either layout.
/// </summary>
internal sealed unsafe class DirectIntegerConvExecutor : Executor
{
    private readonly ConvGeometry _g;
    private readonly IntegerConvInputs _in;
    private readonly bool _channelsLast;
    private readonly bool _xSigned;
    private readonly bool _wSigned;
    private readonly bool _perChannelScale;
    private readonly bool _perChannelZeroPoint;
    private readonly DataType _type;
    private readonly (int Low, int High) _range;

    public DirectIntegerConvExecutor(PrepareContext c, in ConvGeometry g, IntegerConvInputs inputs, bool channelsLast)
    {
        _g = g;
        _channelsLast = channelsLast;
        _xSigned = c.Type(inputs.X) == DataType.Int8;
        _wSigned = c.Type(inputs.W) == DataType.Int8;
        _type = c.OutputType();
        _range = Quantized.Range(c.Attributes);
        // Inputs that are left out become ones that the operator does not have.
        int Given(int i) => i >= 0 && c.Has(i) ? i : -1;
        _in = new IntegerConvInputs(inputs.X, inputs.XScale, Given(inputs.XZeroPoint), inputs.W, inputs.WScale, Given(inputs.WZeroPoint), inputs.YScale, inputs.YZeroPoint, Given(inputs.Bias));
        _perChannelScale = _in.WScale >= 0 && c.Shape(_in.WScale).Count > 1;
        _perChannelZeroPoint = _in.WZeroPoint >= 0 && c.Shape(_in.WZeroPoint).Count > 1;
    }

    public override string Kernel => "conv_int8_direct (parameters at run time)";

    public override long Macs => _g.Macs;

    public override void Execute(in StepContext c)
    {
        var job = new Job(this, c);
        c.Pool.Run(ref job, _g.Batch * _g.OutHeight);
    }

    /// <summary>One chunk is one row of one picture.</summary>
    private readonly struct Job : IParallelJob
    {
        private readonly DirectIntegerConvExecutor _e;
        private readonly byte* _x;
        private readonly byte* _w;
        private readonly byte* _wZeroPoint;
        private readonly float* _wScale;
        private readonly int* _bias;
        private readonly byte* _y;
        private readonly int _xZeroPoint;
        private readonly float _xScale;
        private readonly float _yScale;
        private readonly Requantize _requantize;

        public Job(DirectIntegerConvExecutor e, in StepContext c)
        {
            var i = e._in;
            _e = e;
            _x = c.Input<byte>(i.X);
            _w = c.Input<byte>(i.W);
            _y = c.Output<byte>(0);
            _wZeroPoint = i.WZeroPoint < 0 ? null : c.Input<byte>(i.WZeroPoint);
            _wScale = i.WScale < 0 ? null : c.Input<float>(i.WScale);
            _bias = i.Bias < 0 ? null : c.Input<int>(i.Bias);
            _xZeroPoint = i.XZeroPoint < 0 ? 0 : Quantized.At(c.Input<byte>(i.XZeroPoint), e._xSigned, 0);
            _xScale = i.XScale < 0 ? 1 : *c.Input<float>(i.XScale);
            _yScale = i.YScale < 0 ? 1 : *c.Input<float>(i.YScale);
            int yZeroPoint = i.YZeroPoint < 0 ? 0 : Quantized.At(c.Input<byte>(i.YZeroPoint), e._type == DataType.Int8, 0);
            _requantize = new Requantize(e._type, yZeroPoint, e._range.Low, e._range.High);
        }

        public void Execute(int chunk)
        {
            var g = _e._g;
            var (n, oh) = Math.DivRem(chunk, g.OutHeight);
            for (int ow = 0; ow < g.OutWidth; ow++)
            {
                for (int oc = 0; oc < g.OutChannels; oc++)
                {
                    nint at = _e._channelsLast
                        ? (((nint)n * g.OutHeight + oh) * g.OutWidth + ow) * g.OutChannels + oc
                        : (((nint)n * g.OutChannels + oc) * g.OutHeight + oh) * g.OutWidth + ow;
                    // x_scale · w_scale / y_scale, in this order.
                    float scale = _wScale is null ? 1 : _xScale * _wScale[_e._perChannelScale ? oc : 0];
                    if (_e._in.YScale >= 0) scale /= _yScale;
                    _requantize.Store(Sum(g, n, oh, ow, oc), scale, _y, at);
                }
            }
        }

        private int Sum(in ConvGeometry g, int n, int oh, int ow, int oc)
        {
            int inner = g.InChannelsPerGroup;
            int channel = oc / g.OutChannelsPerGroup * inner;
            int wZeroPoint = _wZeroPoint is null ? 0 : Quantized.At(_wZeroPoint, _e._wSigned, _e._perChannelZeroPoint ? oc : 0);
            int sum = _bias is null ? 0 : _bias[oc];
            nint pixel = _e._channelsLast ? g.InChannels : 1;
            nint plane = _e._channelsLast ? 1 : (nint)g.InHeight * g.InWidth;
            byte* x = _x + (nint)n * g.InHeight * g.InWidth * g.InChannels + channel * plane;
            nint w = (nint)oc * inner * g.KernelHeight * g.KernelWidth;
            for (int kh = 0; kh < g.KernelHeight; kh++)
            {
                int ih = oh * g.StrideHeight - g.PadTop + kh * g.DilationHeight;
                if ((uint)ih >= (uint)g.InHeight) continue;
                for (int kw = 0; kw < g.KernelWidth; kw++)
                {
                    int iw = ow * g.StrideWidth - g.PadLeft + kw * g.DilationWidth;
                    if ((uint)iw >= (uint)g.InWidth) continue;
                    nint from = ((nint)ih * g.InWidth + iw) * pixel;
                    nint tap = w + kh * g.KernelWidth + kw;
                    for (int ic = 0; ic < inner; ic++)
                    {
                        sum += (Quantized.At(x, _e._xSigned, from + ic * plane) - _xZeroPoint)
                            * (Quantized.At(_w, _e._wSigned, tap + (nint)ic * g.KernelHeight * g.KernelWidth) - wZeroPoint);
                    }
                }
            }

            return sum;
        }
    }
}
