using Edge.Kernels.Dense;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Isa;

/// <summary>The definition of a float32 convolution.</summary>
internal sealed unsafe class ScalarConvF32 : PreparedConvF32
{
    private readonly ConvGeometry _g;
    private readonly float[] _weights;
    private readonly float[] _bias;
    private readonly Activation _activation;

    public ScalarConvF32(in ConvGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, in Activation activation)
    {
        _g = geometry;
        _weights = weights.ToArray();
        _bias = bias.IsEmpty ? new float[geometry.OutChannels] : bias.ToArray();
        _activation = activation;
    }

    public override string KernelName => "conv_f32_scalar";

    public override nint ScratchBytes => 0;

    public override nint PackedBytes => sizeof(float) * (nint)(_weights.Length + _bias.Length);

    public override void Run(float* x, float* residual, float* y, byte* scratch, WorkerPool pool) => Run(x, residual, y, _g.OutChannels, pool);

    public override void RunAmong(float* x, float* y, nint step, byte* scratch, WorkerPool pool) => Run(x, null, y, step, pool);

    protected override void Dispose(bool disposing)
    {
    }

    private void Run(float* x, float* residual, float* y, nint step, WorkerPool pool)
    {
        var rows = new OutputRows(this, x, residual, y, step);
        pool.Run(ref rows, _g.Batch * _g.OutHeight);
    }

    private float Value(float* x, float* residual, int n, int oy, int ox, int oc)
    {
        double sum = 0;
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
                    sum += (double)x[xi] * _weights[wi];
                }
            }
        }
        float v = (float)(sum + _bias[oc]);
        if (residual != null) v += residual[((((nint)n * _g.OutHeight) + oy) * _g.OutWidth + ox) * _g.OutChannels + oc];
        return ScalarActivation.Apply(_activation, v);
    }

    /// <summary>One chunk is one row of output pixels.</summary>
    private readonly struct OutputRows(ScalarConvF32 conv, float* x, float* residual, float* y, nint step) : IParallelJob
    {
        public void Execute(int chunk)
        {
            (int n, int oy) = Math.DivRem(chunk, conv._g.OutHeight);
            float* to = y + (nint)chunk * conv._g.OutWidth * step;
            for (int ox = 0; ox < conv._g.OutWidth; ox++, to += step)
                for (int oc = 0; oc < conv._g.OutChannels; oc++) to[oc] = conv.Value(x, residual, n, oy, ox, oc);
        }
    }
}
