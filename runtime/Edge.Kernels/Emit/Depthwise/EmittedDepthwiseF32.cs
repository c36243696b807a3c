using Edge.Kernels.Dense;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Emit.Depthwise;

/// <summary>A float32 depthwise convolution by code that is written for its shape.</summary>
internal sealed unsafe class EmittedDepthwiseF32 : PreparedConvF32
{
    private readonly ConvGeometry _given;
    private readonly ConvGeometry _g;
    private readonly DenseIsa _isa;
    private readonly Activation _activation;
    private readonly PackedBlock _packed;
    private readonly EmittedStrips _strips;

    private EmittedDepthwiseF32(DenseIsa isa, in ConvGeometry given, DepthwiseTiling tiling, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Activation activation, PackedStore store)
    {
        const int lanes = DepthwiseF32Emitter.Lanes;
        _given = given;
        _g = tiling.Geometry;
        _isa = isa;
        _activation = activation;
        int channels = _g.OutChannels, taps = _g.KernelHeight * _g.KernelWidth, whole = channels / lanes, rest = channels % lanes;
        int panel = (1 + taps) * lanes;
        KernelName = $"depthwise_f32_{isa.Name}_{tiling.Rows}x{tiling.Columns}";
        _packed = store.Take(KernelName, (nint)(whole + 1) * panel * sizeof(float));
        if (!_packed.IsFilled) Pack(weights, bias, channels, taps);
        var runs = new List<(ChannelRun, Func<RowStrip, byte[]>)>();
        int panelBytes = panel * sizeof(float);
        if (whole > 0) runs.Add((new(0, lanes, whole, 0, panelBytes), strip => new DepthwiseF32Emitter(tiling, strip, activation, lanes).Emit()));
        if (rest > 0) runs.Add((new(whole * lanes, lanes, 1, (nint)whole * panelBytes, panelBytes), strip => new DepthwiseF32Emitter(tiling, strip, activation, rest).Emit()));
        _strips = new EmittedStrips(tiling, runs, sizeof(float));
    }

    public override string KernelName { get; }

    public override nint ScratchBytes => ChannelRepeat.ScratchBytes(_given, sizeof(float));

    public override bool TakesRanges => _g.Batch == 1 && ScratchBytes == 0;

    public override int RangeGranule => _strips.StripRows * _g.OutWidth;

    public override long Cycles => _strips.Cycles;

    public override nint PackedBytes => _packed.ByteLength + _strips.CodeBytes;

    private int StripRows => _strips.StripRows;

    /// <summary>Null where no code would be worth it: the shape is empty, or there is nothing regular about it.</summary>
    public static EmittedDepthwiseF32? TryCreate(DenseIsa isa, in ConvGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, in Activation activation, PackedStore store)
    {
        ConvGeometry g = ChannelRepeat.Repeated(geometry);
        if (g.Macs == 0 || !EmittedStrips.Reaches(g, sizeof(float)) || DepthwiseF32Emitter.TilingOf(g) is not { } tiling) return null;
        return new EmittedDepthwiseF32(isa, geometry, tiling, weights, bias, activation, store);
    }

    public override void Run(float* x, float* residual, float* y, byte* scratch, WorkerPool pool)
    {
        byte* input = ChannelRepeat.Run<float>(_given, (byte*)x, scratch, pool);
        // Activations that are more than a clamp follow each strip, which has to be complete then.
        int parts = _activation.IsClamp ? _strips.Parts(pool.Threads) : 1;
        nint units = _strips.Strips * parts;
        int chunks = _strips.JobChunks(units, pool.Threads);
        var job = new Job(this, input, residual, y, units, parts, chunks);
        pool.Run(ref job, chunks);
        GC.KeepAlive(this);
    }

    public override void RunRange(float* x, float* residual, float* y, nint step, nint first, nint pixels, byte* scratch)
    {
        for (nint strip = first / RangeGranule; strip * RangeGranule < first + pixels; strip++) Unit((byte*)x, residual, y, strip, 0, 1);
        GC.KeepAlive(this);
    }

    protected override void Dispose(bool disposing)
    {
        _packed.Dispose();
        _strips.Dispose();
    }

    /// <summary>To <c>[channels / 16][1 + taps][16]</c>: the bias, then the taps.</summary>
    private void Pack(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int channels, int taps)
    {
        const int lanes = DepthwiseF32Emitter.Lanes;
        var packed = (float*)_packed.Base;
        for (int c = 0; c < channels; c++)
        {
            float* to = packed + (nint)(c / lanes) * (1 + taps) * lanes + c % lanes;
            *to = bias.IsEmpty ? 0 : bias[c];
            for (int tap = 0; tap < taps; tap++) to[(1 + tap) * lanes] = weights[c * taps + tap];
        }
    }

    private void Unit(byte* x, float* residual, float* y, nint strip, int part, int parts)
    {
        int perImage = (_g.OutHeight + StripRows - 1) / StripRows;
        (nint image, nint index) = Math.DivRem(strip, perImage);
        nint outRow = (nint)_g.OutWidth * _g.OutChannels;
        x += image * _g.InHeight * _g.InWidth * _g.InChannels * sizeof(float);
        float* to = y + image * _g.OutHeight * outRow;
        _strips.Run(_packed.Base, x, (byte*)to, (int)index, part, parts, residual == null ? 0 : DepthwiseF32Emitter.ResidualAt((nint)((byte*)residual - (byte*)y)));
        if (_activation.IsClamp) return;
        nint row = index * StripRows;
        _isa.Activate(_activation, to + row * outRow, Math.Min(StripRows, _g.OutHeight - row) * outRow, 1, 0);
    }

    private readonly struct Job(EmittedDepthwiseF32 conv, byte* x, float* residual, float* y, nint units, int parts, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            for (nint unit = units * chunk / chunks; unit < units * (chunk + 1) / chunks; unit++)
                conv.Unit(x, residual, y, unit / parts, (int)(unit % parts), parts);
        }
    }
}
