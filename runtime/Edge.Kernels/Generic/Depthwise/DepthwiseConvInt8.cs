using System.Runtime.CompilerServices;
using Edge.Kernels.Dense;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Depthwise;

/// <summary>
/// An integer depthwise convolution with any channel multiplier. Weights are packed as int16 less their zero points; the
/// input's zero point is folded into the bias.
/// </summary>
internal sealed unsafe class DepthwiseConvInt8 : PreparedConvInt8
{
    private readonly ConvGeometry _given;
    private readonly DepthwiseLayout _layout;
    private readonly Requantization _output;
    private readonly delegate*<DepthwiseArguments*, int, int> _kernel;
    private readonly PackedBlock _packed;

    // Channels are padded to whole vectors: biases, scales and a row of padding, then the pairs of weights.
    private readonly int _lanes;
    private readonly int _padded;
    private readonly nint _scaleAt;
    private readonly nint _paddingAt;
    private readonly nint _weightsAt;

    public DepthwiseConvInt8(DenseIsa isa, in ConvGeometry geometry, in Int8Weights weights, ReadOnlySpan<int> bias, bool inputSigned, int inputZeroPoint, in Int8Output output, PackedStore store)
    {
        _given = geometry;
        _layout = new DepthwiseLayout(ChannelRepeat.Repeated(geometry), 1);
        _output = new Requantization(output, geometry.OutChannels);
        DepthwiseKernelsInt8 kernels = isa.DepthwiseInt8;
        _kernel = kernels.For(_layout.Kernel, inputSigned, _output.ElementBytes == 1);
        KernelName = $"depthwise_int8_{isa.Name}_{_layout.KernelSuffix}";
        _lanes = kernels.Lanes;
        _padded = (geometry.OutChannels + _lanes - 1) / _lanes * _lanes;
        (int First, int Second)[] pairs = _layout.TapPairs();
        _scaleAt = (nint)_padded * sizeof(int);
        _paddingAt = 2 * _scaleAt;
        _weightsAt = _paddingAt + ((_layout.PaddingRowBytes + 63) & ~(nint)63);
        _packed = store.Take($"{KernelName}_{_lanes}", _weightsAt + (nint)pairs.Length * _padded * 2 * sizeof(short));
        if (_packed.IsFilled) return;
        new Span<byte>(_packed.Base + _paddingAt, checked((int)_layout.PaddingRowBytes)).Fill((byte)inputZeroPoint);
        short[] differences = Differences(weights, geometry.OutChannels);
        PackWeights(kernels, pairs, differences);
        PackColumns(bias, inputZeroPoint, differences);
    }

    public override string KernelName { get; }

    public override nint ScratchBytes => ChannelRepeat.ScratchBytes(_given, 1);

    public override nint PackedBytes => _packed.ByteLength;

    public override void Run(byte* x, void* y, byte* scratch, WorkerPool pool)
    {
        byte* input = ChannelRepeat.Run<byte>(_given, x, scratch, pool);
        int chunks = _layout.Chunks(pool.Threads);
        var job = new Job(this, input, (byte*)y, chunks);
        pool.Run(ref job, chunks);
        GC.KeepAlive(this);
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();

    /// <summary><c>[padded channels][taps]</c>: w − wZeroPoint, between −255 and 255.</summary>
    private short[] Differences(in Int8Weights weights, int channels)
    {
        int[] zeroPoints = weights.PerChannelZeroPoints(channels);
        int taps = _layout.Taps;
        var differences = new short[(nint)_padded * taps];
        for (int i = 0; i < channels * taps; i++)
            differences[i] = (short)((weights.Signed ? (sbyte)weights.Data[i] : weights.Data[i]) - zeroPoints[i / taps]);
        return differences;
    }

    private void PackWeights(DepthwiseKernelsInt8 kernels, (int First, int Second)[] pairs, short[] differences)
    {
        short* first = stackalloc short[_lanes], second = stackalloc short[_lanes];
        var to = (short*)(_packed.Base + _weightsAt);
        foreach ((int firstTap, int secondTap) in pairs)
            for (int c = 0; c < _padded; c += _lanes, to += 2 * _lanes)
            {
                for (int lane = 0; lane < _lanes; lane++)
                {
                    int at = (c + lane) * _layout.Taps;
                    first[lane] = differences[at + firstTap];
                    second[lane] = secondTap < 0 ? (short)0 : differences[at + secondTap];
                }
                kernels.PackWeights(first, second, to);
            }
    }

    private void PackColumns(ReadOnlySpan<int> bias, int inputZeroPoint, short[] differences)
    {
        var biases = (int*)_packed.Base;
        var scales = (float*)(_packed.Base + _scaleAt);
        for (int c = 0; c < _given.OutChannels; c++)
        {
            int sum = 0;
            for (int tap = 0; tap < _layout.Taps; tap++) sum += differences[c * _layout.Taps + tap];
            biases[c] = (bias.IsEmpty ? 0 : bias[c]) - inputZeroPoint * sum;
            if (_output.Scale.Length > 0) scales[c] = _output.Scale[c];
        }
    }

    [SkipLocalsInit]
    private void Units(nint from, nint to, byte* x, byte* y)
    {
        byte** table = stackalloc byte*[_layout.TableEntries + DepthwiseArguments.Pixels];
        byte* packed = _packed.Base;
        int channels = _given.OutChannels, element = _output.ElementBytes;
        int whole = channels / _lanes * _lanes;
        var t = new DepthwiseArguments
        {
            Rows = table,
            UnitStride = _layout.UnitStride,
            Taps = _layout.Taps,
            KernelRows = _layout.Geometry.KernelHeight,
            Weights = packed + _weightsAt,
            WeightStride = 2 * _padded,
            Bias = packed,
            Scale = (float*)(packed + _scaleAt),
            Low = _output.Low - _output.ZeroPoint,
            High = _output.High - _output.ZeroPoint,
            ZeroPoint = _output.ZeroPoint,
        };
        for (nint unit = from; unit < to; unit += t.Units)
        {
            DepthwiseRun run = _layout.Run(unit, to - unit);
            _layout.Fill(x, packed + _paddingAt, run, table);
            new Span<nint>(table + _layout.TableEntries, DepthwiseArguments.Pixels).Fill((nint)(packed + _paddingAt));
            byte* first = y + (((nint)run.Image * _layout.Geometry.OutHeight + run.Row) * _layout.Geometry.OutWidth + run.Column) * channels * element;
            t.Units = run.Units;
            t.Offset = 0;
            t.Channels = whole;
            t.SetOutputs(first, (nint)channels * element, run.Pixels);
            _kernel(&t, 0);
            if (whole < channels) Tail(t, whole, first, run);
            if (_output.Kind == Int8OutputKind.Float32) ToFloat32(first, t.Scale, run);
        }
    }

    /// <summary>The channels that do not fill a vector are computed as if they did, aside, and copied.</summary>
    [SkipLocalsInit]
    private void Tail(DepthwiseArguments t, int whole, byte* first, in DepthwiseRun run)
    {
        int element = _output.ElementBytes;
        nint stride = _lanes * element, bytes = (nint)(_given.OutChannels - whole) * element;
        byte* aside = stackalloc byte[DepthwiseArguments.Pixels * (int)stride];
        byte* to = first + (nint)whole * element;
        t.Units = 1;
        t.Channels = _padded;
        t.SetOutputs(aside - (nint)whole * element, stride, run.Pixels);
        for (int unit = 0; unit < run.Units; unit++, t.Offset += t.UnitStride)
        {
            _kernel(&t, whole);
            for (int p = 0; p < run.Pixels; p++, to += (nint)_given.OutChannels * element) Buffer.MemoryCopy(aside + p * stride, to, bytes, bytes);
        }
    }

    private void ToFloat32(byte* first, float* scale, in DepthwiseRun run)
    {
        int pixels = (run.Units - 1) * DepthwiseArguments.Pixels + run.Pixels;
        for (int p = 0; p < pixels; p++) Int32Row.ToFloat32((int*)first + (nint)p * _given.OutChannels, scale, _given.OutChannels);
    }

    private readonly struct Job(DepthwiseConvInt8 conv, byte* x, byte* y, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            nint units = conv._layout.Units;
            conv.Units(units * chunk / chunks, units * (chunk + 1) / chunks, x, y);
        }
    }
}
