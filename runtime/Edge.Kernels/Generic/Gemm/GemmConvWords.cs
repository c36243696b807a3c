using Edge.Kernels.Dense;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// An integer convolution as an implicit matrix product of 16-bit numbers, for CPUs without dot products of bytes: the input
/// is widened into scratch, once for all the output channels that read it; weights are packed as <c>w − w₀</c>. The input's
/// zero point is folded into the bias: <c>Σ (x − x₀)(w − w₀) = Σ x(w − w₀) − x₀·Σ (w − w₀)</c>.
/// </summary>
internal sealed unsafe class GemmConvWords : PreparedConvInt8
{
    /// <summary>Bytes of the input that one chunk widens.</summary>
    private const int WidenBytes = 16 * 1024;

    /// <summary>Bytes behind the last pixel that the last step may read; weights are zero there.</summary>
    private const int Slack = 16;

    private readonly ConvLayout _layout;
    private readonly TileSet _tiles;
    private readonly Requantization _output;
    private readonly PackedBlock _packed;
    private readonly Int8Columns _columns;
    private readonly delegate*<byte*, short*, nint, void> _widen;
    private readonly nint _paddingAt;

    public GemmConvWords(DenseIsa isa, WordTiles words, in ConvGeometry geometry, in Int8Weights weights, ReadOnlySpan<int> bias, bool inputSigned, int inputZeroPoint, in Int8Output output, PackedStore store)
    {
        _output = new Requantization(output, geometry.OutChannels);
        _tiles = _output.ElementBytes == 1 ? words.Requantize : words.Accumulate;
        _widen = inputSigned ? words.WidenSigned : words.WidenUnsigned;
        KernelName = $"conv_int8_{isa.Name}_{_tiles.MaxRows}x{_tiles.Columns}_words";
        _layout = new ConvLayout(geometry, _tiles, sizeof(short));
        nint slots = (nint)_layout.Panels * _layout.Columns;
        nint panels = _layout.PackedBytes;
        _paddingAt = panels + 2 * slots * sizeof(int);
        _packed = store.Take(KernelName, _paddingAt + _layout.PaddingRowBytes);
        byte* packed = _packed.Base;
        _columns = new Int8Columns { Columns = _layout.Columns, Bias = (int*)(packed + panels), Scale = (float*)(packed + panels) + slots };
        if (_packed.IsFilled) return;
        short[] differences = weights.Differences(geometry.OutChannels);
        PackedWeights.Pack(_layout, differences, (short*)packed);
        new Span<short>(packed + _paddingAt, checked((int)(_layout.PaddingRowBytes / sizeof(short)))).Fill((short)inputZeroPoint);
        PackColumns(differences, bias, inputZeroPoint);
    }

    public override string KernelName { get; }

    public override nint ScratchBytes => InputElements(_layout) * sizeof(short) + Slack;

    public override bool TakesPixels => _layout.IsPointwise;

    public override nint PackedBytes => _packed.ByteLength;

    public override bool TakesRanges => TakesPixels && _packed.ByteLength <= PanelCache.Bytes;

    public override nint RangeScratchBytes(nint pixels) => PixelScratchBytes(pixels);

    public override long Cycles => ConvChunks.Cycles(_layout);

    public override nint PixelScratchBytes(nint pixels) => InputElements(_layout.WithPixels(pixels, _tiles)) * sizeof(short) + Slack;

    public override void Run(byte* x, void* y, byte* scratch, WorkerPool pool) => Run(_layout, x, y, scratch, pool);

    public override void RunPixels(byte* x, void* y, nint pixels, byte* scratch, WorkerPool pool)
    {
        if (!TakesPixels) base.RunPixels(x, y, pixels, scratch, pool);
        Run(_layout.WithPixels(pixels, _tiles), x, y, scratch, pool);
    }

    public override void RunRange(byte* x, void* y, nint first, nint pixels, byte* scratch) =>
        RunPixels(x + first * _layout.Geometry.InChannels, (byte*)y + first * _layout.Geometry.OutChannels * _output.ElementBytes, pixels, scratch, WorkerPool.Inline);

    private static nint InputElements(in ConvLayout layout) => (nint)layout.Geometry.Batch * layout.Geometry.InHeight * layout.Geometry.InWidth * layout.Geometry.InChannels;

    private void Run(in ConvLayout layout, byte* x, void* y, byte* scratch, WorkerPool pool)
    {
        byte* packed = _packed.Base;
        var widen = new WidenInput(_widen, x, (short*)scratch, InputElements(layout));
        pool.Run(ref widen, widen.Chunks);
        var finish = new Int8Finish(_columns, (byte*)y, _layout.Geometry.OutChannels, _output, false);
        ConvTiles<Int8Finish>.Run(layout, _tiles, packed, packed + _paddingAt, scratch, finish, pool);
        GC.KeepAlive(this);
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();

    private void PackColumns(short[] differences, ReadOnlySpan<int> bias, int inputZeroPoint)
    {
        int channels = _layout.Geometry.OutChannels;
        int perChannel = channels == 0 ? 0 : differences.Length / channels;
        for (int oc = 0; oc < channels; oc++)
        {
            int sum = 0;
            foreach (short w in differences.AsSpan(oc * perChannel, perChannel)) sum += w;
            nint slot = PackedWeights.Slot(_layout, oc);
            _columns.Bias[slot] = (bias.IsEmpty ? 0 : bias[oc]) - inputZeroPoint * sum;
            if (_output.Scale.Length > 0) _columns.Scale[slot] = _output.Scale[oc];
        }
    }

    /// <summary>One chunk is a stretch of the input.</summary>
    private readonly struct WidenInput(delegate*<byte*, short*, nint, void> widen, byte* x, short* to, nint elements) : IParallelJob
    {
        public int Chunks => (int)((elements + WidenBytes - 1) / WidenBytes);

        public void Execute(int chunk)
        {
            nint from = (nint)chunk * WidenBytes;
            widen(x + from, to + from, nint.Min(WidenBytes, elements - from));
        }
    }
}
