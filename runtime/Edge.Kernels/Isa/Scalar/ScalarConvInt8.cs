using Edge.Kernels.Dense;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Isa;

/// <summary>The definition of an integer convolution, wrap-around on overflow of the int32 accumulator included.</summary>
internal sealed unsafe class ScalarConvInt8 : PreparedConvInt8
{
    private readonly ConvGeometry _g;
    private readonly byte[] _weights;
    private readonly bool _weightsSigned;
    private readonly int[] _weightZeroPoints;
    private readonly int[] _bias;
    private readonly bool _inputSigned;
    private readonly int _inputZeroPoint;
    private readonly Requantization _output;

    public ScalarConvInt8(in ConvGeometry geometry, in Int8Weights weights, ReadOnlySpan<int> bias, bool inputSigned, int inputZeroPoint, in Int8Output output)
    {
        _g = geometry;
        _weights = weights.Data.ToArray();
        _weightsSigned = weights.Signed;
        _weightZeroPoints = weights.PerChannelZeroPoints(geometry.OutChannels);
        _bias = bias.IsEmpty ? new int[geometry.OutChannels] : bias.ToArray();
        _inputSigned = inputSigned;
        _inputZeroPoint = inputZeroPoint;
        _output = new Requantization(output, geometry.OutChannels);
    }

    public override string KernelName => "conv_int8_scalar";

    public override nint ScratchBytes => 0;

    public override nint PackedBytes => _weights.Length + sizeof(int) * (nint)(_weightZeroPoints.Length + _bias.Length + _output.Scale.Length);

    public override void Run(byte* x, void* y, byte* scratch, WorkerPool pool)
    {
        var rows = new OutputRows(this, x, y);
        pool.Run(ref rows, _g.Batch * _g.OutHeight);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private int Accumulate(byte* x, int n, int oy, int ox, int oc)
    {
        int acc = _bias[oc];
        int group = oc / _g.OutChannelsPerGroup;
        for (int ky = 0; ky < _g.KernelHeight; ky++)
        {
            int iy = oy * _g.StrideHeight - _g.PadTop + ky * _g.DilationHeight;
            if (iy < 0 || iy >= _g.InHeight) continue;
            for (int kx = 0; kx < _g.KernelWidth; kx++)
            {
                int ix = ox * _g.StrideWidth - _g.PadLeft + kx * _g.DilationWidth;
                if (ix < 0 || ix >= _g.InWidth) continue;
                for (int ic = 0; ic < _g.InChannelsPerGroup; ic++)
                {
                    nint xi = (((nint)n * _g.InHeight + iy) * _g.InWidth + ix) * _g.InChannels + group * _g.InChannelsPerGroup + ic;
                    nint wi = (((nint)oc * _g.InChannelsPerGroup + ic) * _g.KernelHeight + ky) * _g.KernelWidth + kx;
                    int a = _inputSigned ? (sbyte)x[xi] : x[xi];
                    int w = _weightsSigned ? (sbyte)_weights[wi] : _weights[wi];
                    acc += (a - _inputZeroPoint) * (w - _weightZeroPoints[oc]);
                }
            }
        }
        return acc;
    }

    /// <summary>One chunk is one row of output pixels.</summary>
    private readonly struct OutputRows(ScalarConvInt8 conv, byte* x, void* y) : IParallelJob
    {
        public void Execute(int chunk)
        {
            (int n, int oy) = Math.DivRem(chunk, conv._g.OutHeight);
            nint i = (nint)chunk * conv._g.OutWidth * conv._g.OutChannels;
            for (int ox = 0; ox < conv._g.OutWidth; ox++)
                for (int oc = 0; oc < conv._g.OutChannels; oc++) conv._output.Store(conv.Accumulate(x, n, oy, ox, oc), oc, y, i++);
        }
    }
}
