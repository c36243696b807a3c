using Edge.Kernels.Dense;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Isa;

/// <summary>The definition of an integer convolution, wrap-around on overflow of the int32 accumulator included.</summary>
internal sealed unsafe class ScalarConvInt8 : PreparedConvInt8
{
    private readonly ConvGeometry _g;

    // Weights less their zero points.
    private readonly short[] _weights;
    private readonly int[] _bias;

    // x − xZeroPoint is (byte ^ flip) − offset for inputs of either type.
    private readonly int _flip;
    private readonly int _offset;
    private readonly Requantization _output;

    public ScalarConvInt8(in ConvGeometry geometry, in Int8Weights weights, ReadOnlySpan<int> bias, bool inputSigned, int inputZeroPoint, in Int8Output output)
    {
        _g = geometry;
        _weights = weights.Differences(geometry.OutChannels);
        _bias = bias.IsEmpty ? new int[geometry.OutChannels] : bias.ToArray();
        _flip = inputSigned ? 0x80 : 0;
        _offset = _flip + inputZeroPoint;
        _output = new Requantization(output, geometry.OutChannels);
    }

    public override string KernelName => "conv_int8_scalar";

    public override nint ScratchBytes => 0;

    public override nint PackedBytes => sizeof(short) * (nint)_weights.Length + sizeof(int) * (nint)(_bias.Length + _output.Scale.Length);

    public override void Run(byte* x, void* y, byte* scratch, WorkerPool pool)
    {
        var rows = new OutputRows(this, x, y);
        pool.Run(ref rows, _g.Batch * _g.OutHeight);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private int Accumulate(byte* x, short* weights, int n, int oy, int ox, int oc)
    {
        int acc = _bias[oc];
        nint area = (nint)_g.KernelHeight * _g.KernelWidth;
        int group = oc / _g.OutChannelsPerGroup;
        for (int ky = 0; ky < _g.KernelHeight; ky++)
        {
            int iy = oy * _g.StrideHeight - _g.PadTop + ky * _g.DilationHeight;
            if (iy < 0 || iy >= _g.InHeight) continue;
            for (int kx = 0; kx < _g.KernelWidth; kx++)
            {
                int ix = ox * _g.StrideWidth - _g.PadLeft + kx * _g.DilationWidth;
                if (ix < 0 || ix >= _g.InWidth) continue;
                byte* pixel = x + (((nint)n * _g.InHeight + iy) * _g.InWidth + ix) * _g.InChannels + group * _g.InChannelsPerGroup;
                short* weight = weights + ((nint)oc * _g.InChannelsPerGroup * _g.KernelHeight + ky) * _g.KernelWidth + kx;
                for (int ic = 0; ic < _g.InChannelsPerGroup; ic++, weight += area) acc += ((pixel[ic] ^ _flip) - _offset) * *weight;
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
            fixed (short* weights = conv._weights)
                for (int ox = 0; ox < conv._g.OutWidth; ox++)
                    for (int oc = 0; oc < conv._g.OutChannels; oc++) conv._output.Store(conv.Accumulate(x, weights, n, oy, ox, oc), oc, y, i++);
        }
    }
}
