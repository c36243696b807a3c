using System.Runtime.CompilerServices;
using Edge.Kernels.Dense;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Depthwise;

/// <summary>A float32 depthwise convolution with any channel multiplier.</summary>
internal sealed unsafe class DepthwiseConvF32 : PreparedConvF32
{
    private readonly ConvGeometry _given;
    private readonly DepthwiseLayout _layout;
    private readonly DenseIsa _isa;
    private readonly Activation _activation;
    private readonly PackedBlock _packed;
    private readonly nint _biasAt;
    private readonly nint _paddingAt;

    public DepthwiseConvF32(DenseIsa isa, in ConvGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, in Activation activation, PackedStore store)
    {
        _given = geometry;
        _layout = new DepthwiseLayout(ChannelRepeat.Repeated(geometry), sizeof(float));
        _isa = isa;
        _activation = activation;
        KernelName = $"depthwise_f32_{isa.Name}_{_layout.KernelSuffix}";
        int channels = geometry.OutChannels, taps = _layout.Taps;
        _biasAt = (nint)taps * channels * sizeof(float);
        _paddingAt = _biasAt + channels * sizeof(float);
        _packed = store.Take(KernelName, _paddingAt + _layout.PaddingRowBytes);
        if (_packed.IsFilled) return;
        var packed = (float*)_packed.Base;
        for (int c = 0; c < channels; c++)
            for (int tap = 0; tap < taps; tap++) packed[(nint)tap * channels + c] = weights[c * taps + tap];
        bias.CopyTo(new Span<float>(_packed.Base + _biasAt, channels));
    }

    public override string KernelName { get; }

    public override nint ScratchBytes => ChannelRepeat.ScratchBytes(_given, sizeof(float));

    public override nint PackedBytes => _packed.ByteLength;

    public override void Run(float* x, float* residual, float* y, byte* scratch, WorkerPool pool)
    {
        byte* input = ChannelRepeat.Run<float>(_given, (byte*)x, scratch, pool);
        int chunks = _layout.Chunks(pool.Threads);
        var job = new Job(this, input, residual, y, chunks);
        pool.Run(ref job, chunks);
        GC.KeepAlive(this);
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();

    [SkipLocalsInit]
    private void Units(nint from, nint to, byte* x, float* residual, float* y)
    {
        byte** table = stackalloc byte*[_layout.TableEntries];
        (float low, float high) = _activation.Bounds;
        byte* packed = _packed.Base;
        int channels = _layout.Geometry.InChannels;
        var t = new DepthwiseArguments
        {
            Rows = table,
            UnitStride = _layout.UnitStride,
            Taps = _layout.Taps,
            KernelRows = _layout.Geometry.KernelHeight,
            Channels = channels,
            Weights = packed,
            WeightStride = channels,
            Bias = packed + _biasAt,
            ResidualOffset = (nint)((byte*)residual - (byte*)y),
            HasResidual = residual != null,
            Low = low,
            High = high,
        };
        for (nint unit = from; unit < to; unit += t.Units)
        {
            DepthwiseRun run = _layout.Run(unit, to - unit);
            _layout.Fill(x, packed + _paddingAt, run, table);
            float* first = y + (((nint)run.Image * _layout.Geometry.OutHeight + run.Row) * _layout.Geometry.OutWidth + run.Column) * channels;
            t.Units = run.Units;
            t.SetOutputs((byte*)first, (nint)channels * sizeof(float), run.Pixels);
            _isa.DepthwiseF32.Run(_layout.Kernel, &t);
            if (!_activation.IsClamp) _isa.Activate(_activation, first, ((nint)(run.Units - 1) * DepthwiseArguments.Pixels + run.Pixels) * channels, 1, 0);
        }
    }

    private readonly struct Job(DepthwiseConvF32 conv, byte* x, float* residual, float* y, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            nint units = conv._layout.Units;
            conv.Units(units * chunk / chunks, units * (chunk + 1) / chunks, x, residual, y);
        }
    }
}
