using System.Buffers;
using Edge.Kernels.Dense;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Emit.Depthwise;

/// <summary>An integer depthwise convolution to bytes, by code that is written for its shape.</summary>
internal sealed unsafe class EmittedDepthwiseInt8 : PreparedConvInt8
{
    /// <summary>Scaled sums below this are rounded and moved by a zero point without overflow.</summary>
    private const double MaxScaled = 1 << 30;

    private const int WideChannels = 16 * WideDepthwiseInt8Emitter.Vectors;

    private readonly ConvGeometry _given;
    private readonly ConvGeometry _g;
    private readonly PackedBlock _packed;
    private readonly EmittedStrips _strips;

    private EmittedDepthwiseInt8(DenseIsa isa, in ConvGeometry given, DepthwiseTiling tiling, Int8TapWeights weights, int[] bias, float[] scale, Int8DepthwiseTypes types, PackedStore store)
    {
        _given = given;
        _g = tiling.Geometry;
        int channels = _g.OutChannels, wide = channels / WideChannels, firstNarrow = wide * WideChannels;
        int narrow = (channels - firstNarrow) / NarrowDepthwiseInt8Emitter.Lanes, rest = channels % NarrowDepthwiseInt8Emitter.Lanes;
        int narrowBytes = DepthwiseInt8Emitter.PanelVectors(weights, 1) * 64, wideBytes = WideDepthwiseInt8Emitter.Vectors * narrowBytes;
        byte[] orders = NarrowDepthwiseInt8Emitter.Constants(tiling);
        nint constants = orders.Length, narrowAt = constants + (nint)wide * wideBytes, restAt = narrowAt + (nint)narrow * narrowBytes;
        KernelName = $"depthwise_int8_{isa.Name}_{tiling.Rows}x{tiling.Columns}";
        _packed = store.Take(KernelName, restAt + narrowBytes);
        if (!_packed.IsFilled)
        {
            orders.CopyTo(new Span<byte>(_packed.Base, (int)constants));
            var panels = new Int8DepthwisePanels(tiling, weights, bias, scale);
            for (int i = 0; i < wide; i++) panels.Write(_packed.Base + constants + (nint)i * wideBytes, i * WideChannels, WideDepthwiseInt8Emitter.Vectors);
            for (int i = 0; i < narrow + (rest > 0 ? 1 : 0); i++)
                panels.Write(_packed.Base + narrowAt + (nint)i * narrowBytes, firstNarrow + i * NarrowDepthwiseInt8Emitter.Lanes, 1);
        }

        var runs = new List<(ChannelRun, Func<RowStrip, byte[]>)>();
        if (wide > 0) runs.Add((new(0, WideChannels, wide, constants, wideBytes), strip => new WideDepthwiseInt8Emitter(tiling, strip, weights, types).Emit()));
        if (narrow > 0) runs.Add(Narrow(firstNarrow, narrow, narrowAt, NarrowDepthwiseInt8Emitter.Lanes));
        if (rest > 0) runs.Add(Narrow(channels - rest, 1, restAt, rest));
        _strips = new EmittedStrips(tiling, runs, 1);

        (ChannelRun, Func<RowStrip, byte[]>) Narrow(int first, int chunks, nint at, int lanes) =>
            (new(first, NarrowDepthwiseInt8Emitter.Lanes, chunks, at, narrowBytes), strip => new NarrowDepthwiseInt8Emitter(tiling, strip, weights, types, lanes, isa.PermutesBytes).Emit());
    }

    public override string KernelName { get; }

    public override nint ScratchBytes => ChannelRepeat.ScratchBytes(_given, 1);

    public override bool TakesRanges => _g.Batch == 1 && ScratchBytes == 0;

    public override int RangeGranule => _strips.StripRows * _g.OutWidth;

    public override long Cycles => _strips.Cycles;

    public override nint PackedBytes => _packed.ByteLength + _strips.CodeBytes;

    private int StripRows => _strips.StripRows;

    /// <summary>
    /// Null where no code would be worth it (an empty or irregular shape), or where it could not be exact: weights less their
    /// zero points that are too large (<see cref="Int8TapWeights"/>), scales that take sums out of the range of int32, outputs that are no bytes.
    /// </summary>
    public static EmittedDepthwiseInt8? TryCreate(DenseIsa isa, in ConvGeometry geometry, in Int8Weights weights, ReadOnlySpan<int> bias, bool inputSigned, int inputZeroPoint, in Int8Output output, PackedStore store)
    {
        ConvGeometry g = ChannelRepeat.Repeated(geometry);
        if (output.Kind is not (Int8OutputKind.UInt8 or Int8OutputKind.Int8) || g.Macs == 0 || !EmittedStrips.Reaches(g, 1)) return null;
        int count = weights.Data.Length;
        // A table for each layer that nobody keeps: made anew, they would be much of what preparing a model leaves behind.
        short[] differences = ArrayPool<short>.Shared.Rent(count);
        try
        {
            weights.Differences(g.OutChannels, differences.AsSpan(0, count));
            return TryCreate(isa, geometry, g, differences.AsMemory(0, count), bias, inputSigned, inputZeroPoint, output, store);
        }
        finally
        {
            ArrayPool<short>.Shared.Return(differences);
        }
    }

    private static EmittedDepthwiseInt8? TryCreate(DenseIsa isa, in ConvGeometry geometry, in ConvGeometry g, ReadOnlyMemory<short> differences, ReadOnlySpan<int> bias, bool inputSigned, int inputZeroPoint, in Int8Output output, PackedStore store)
    {
        if (differences.Span.ContainsAnyInRange((short)(Int8TapWeights.Largest + 1), short.MaxValue)) return null;
        int taps = g.KernelHeight * g.KernelWidth;
        var requantization = new Requantization(output, g.OutChannels);
        var types = new Int8DepthwiseTypes(inputSigned, inputZeroPoint, output.Kind == Int8OutputKind.Int8, output.ZeroPoint, requantization.Low, requantization.High);
        var biases = new int[g.OutChannels];
        for (int c = 0; c < biases.Length; c++)
        {
            long sum = 0, magnitude = 0;
            foreach (short w in differences.Span.Slice(c * taps, taps)) (sum, magnitude) = (sum + w, magnitude + Math.Abs((int)w));
            long folded = (bias.IsEmpty ? 0 : bias[c]) - types.Padding * sum, largest = Math.Abs(folded) + byte.MaxValue * magnitude;
            if (largest > int.MaxValue || !(largest * (double)MathF.Abs(requantization.Scale[c]) < MaxScaled)) return null;
            biases[c] = (int)folded;
        }
        return Int8TapGroups.TilingOf(g) is { } tiling ? new EmittedDepthwiseInt8(isa, geometry, tiling, new Int8TapWeights(tiling, differences), biases, requantization.Scale, types, store) : null;
    }

    public override void Run(byte* x, void* y, byte* scratch, WorkerPool pool)
    {
        byte* input = ChannelRepeat.Run<byte>(_given, x, scratch, pool);
        int parts = _strips.Parts(pool.Threads);
        nint units = _strips.Strips * parts;
        int chunks = _strips.JobChunks(units, pool.Threads);
        var job = new Job(this, input, (byte*)y, units, parts, chunks);
        pool.Run(ref job, chunks);
        GC.KeepAlive(this);
    }

    public override void RunRange(byte* x, void* y, nint first, nint pixels, byte* scratch)
    {
        for (nint strip = first / RangeGranule; strip * RangeGranule < first + pixels; strip++) Unit(x, (byte*)y, strip, 0, 1);
        GC.KeepAlive(this);
    }

    protected override void Dispose(bool disposing)
    {
        _packed.Dispose();
        _strips.Dispose();
    }

    private void Unit(byte* x, byte* y, nint strip, int part, int parts)
    {
        (nint image, nint index) = Math.DivRem(strip, (_g.OutHeight + StripRows - 1) / StripRows);
        x += image * _g.InHeight * _g.InWidth * _g.InChannels;
        y += image * _g.OutHeight * _g.OutWidth * _g.OutChannels;
        _strips.Run(_packed.Base, x, y, (int)index, part, parts, (nint)_packed.Base);
    }

    private readonly struct Job(EmittedDepthwiseInt8 conv, byte* x, byte* y, nint units, int parts, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            for (nint unit = units * chunk / chunks; unit < units * (chunk + 1) / chunks; unit++) conv.Unit(x, y, unit / parts, (int)(unit % parts), parts);
        }
    }
}
