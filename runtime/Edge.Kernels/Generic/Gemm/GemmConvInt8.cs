using Edge.Kernels.Dense;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// An integer convolution as an implicit matrix product. With zero points <c>x₀</c>, <c>w₀</c>:
/// <c>Σ (x − x₀)(w − w₀) = Σ x·w − x₀·Σ w − w₀·Σ (x − x₀)</c>. The first sum is the tile's, the second is folded into the
/// bias, the third is computed for each output pixel, if any <c>w₀</c> is not 0 after normalization.
/// </summary>
internal sealed unsafe class GemmConvInt8 : PreparedConvInt8
{
    /// <summary>Bytes behind the last pixel of a flipped input that the last step may read; weights are zero there.</summary>
    private const int Slack = 16;

    private readonly ConvLayout _layout;
    private readonly TileSet _tiles;
    private readonly Requantization _output;
    private readonly PackedBlock _packed;
    private readonly Int8Columns _columns;
    private readonly nint _paddingAt;
    private readonly bool _flipsInput;

    public GemmConvInt8(DenseIsa isa, Int8Tiles tiles, in ConvGeometry geometry, in Int8Weights weights, ReadOnlySpan<int> bias, bool inputSigned, int inputZeroPoint, in Int8Output output, PackedStore store)
    {
        _output = new Requantization(output, geometry.OutChannels);
        _flipsInput = tiles.WantsInt8 && !inputSigned;
        if (_flipsInput) (inputSigned, inputZeroPoint) = (true, Int8Normalization.ZeroPoint(inputZeroPoint, false, true));
        _tiles = tiles.For(inputSigned, Int8TileResults.Of(_output.ElementBytes, _output.Scale));
        KernelName = $"conv_int8_{isa.Name}_{_tiles.MaxRows}x{_tiles.Columns}";
        _layout = new ConvLayout(geometry, _tiles, 1);
        nint slots = (nint)_layout.Panels * _layout.Columns;
        nint panels = _layout.PackedBytes;
        _paddingAt = panels + 3 * slots * sizeof(int);
        _packed = store.Take(KernelName, _paddingAt + _layout.PaddingRowBytes);
        byte* packed = _packed.Base;
        int[] zeroPoints = Int8Normalization.WeightZeroPoints(weights, geometry.OutChannels);
        int terms = geometry.InChannelsPerGroup * geometry.KernelHeight * geometry.KernelWidth;
        _columns = new Int8Columns
        {
            Columns = _layout.Columns,
            Bias = (int*)(packed + panels),
            Scale = (float*)(packed + panels) + slots,
            WeightZeroPoints = zeroPoints.AsSpan().ContainsAnyExcept(0) ? (int*)(packed + panels) + 2 * slots : null,
            RowSumFlip = inputSigned ? Int8Normalization.Flip : (byte)0,
            RowSumOfZeroPoint = terms * Int8Normalization.ZeroPoint(inputZeroPoint, inputSigned, false),
        };
        if (_packed.IsFilled) return;
        PackedWeights.Pack(_layout, weights.Data, Int8Normalization.WeightFlip(weights), packed);
        new Span<byte>(packed + _paddingAt, checked((int)_layout.PaddingRowBytes)).Fill((byte)inputZeroPoint);
        PackColumns(weights, bias, zeroPoints, Int8Normalization.ZeroPoint(inputZeroPoint, inputSigned, tiles.SeesSigned(inputSigned)));
    }

    public override string KernelName { get; }

    public override nint ScratchBytes => _flipsInput ? InputBytes(_layout) + Slack : 0;

    public override bool TakesPixels => _layout.IsPointwise;

    public override nint PackedBytes => _packed.ByteLength;

    public override bool TakesRanges => (TakesPixels || !_flipsInput) && _packed.ByteLength <= PanelCache.Bytes;

    public override int RangeGranule => _layout.RowTaps && _tiles.HasAllVariants ? _layout.Geometry.OutWidth : 1;

    public override nint RangeScratchBytes(nint pixels) => PixelScratchBytes(pixels);

    public override long Cycles => ConvChunks.Cycles(_layout);

    public override nint PixelScratchBytes(nint pixels) => _flipsInput ? InputBytes(_layout.WithPixels(pixels, _tiles)) + Slack : 0;

    public override void Run(byte* x, void* y, byte* scratch, WorkerPool pool) => Run(_layout, x, y, scratch, pool);

    public override void RunPixels(byte* x, void* y, nint pixels, byte* scratch, WorkerPool pool)
    {
        if (!TakesPixels) base.RunPixels(x, y, pixels, scratch, pool);
        Run(_layout.WithPixels(pixels, _tiles), x, y, scratch, pool);
    }

    public override void RunRange(byte* x, void* y, nint first, nint pixels, byte* scratch)
    {
        if (_flipsInput)
        {
            RunPixels(x + first * _layout.PixelBytes, (byte*)y + first * _layout.Geometry.OutChannels * _output.ElementBytes, pixels, scratch, WorkerPool.Inline);
            return;
        }

        byte* packed = _packed.Base;
        ConvTiles<Int8Finish>.RunRange(_layout, _tiles, packed, packed + _paddingAt, x, Finish(y), first, pixels);
        GC.KeepAlive(this);
    }

    private static nint InputBytes(in ConvLayout layout) => (nint)layout.Geometry.Batch * layout.Geometry.InHeight * layout.Geometry.InWidth * layout.Geometry.InChannels;

    private void Run(in ConvLayout layout, byte* x, void* y, byte* scratch, WorkerPool pool)
    {
        if (_flipsInput)
        {
            var flip = new FlippedInput(x, scratch, InputBytes(layout));
            pool.Run(ref flip, flip.Chunks);
            x = scratch;
        }

        byte* packed = _packed.Base;
        ConvTiles<Int8Finish>.Run(layout, _tiles, packed, packed + _paddingAt, x, Finish(y), pool);
        GC.KeepAlive(this);
    }

    private Int8Finish Finish(void* y) => new(_columns, (byte*)y, _layout.Geometry.OutChannels, _output, _tiles.HasAllVariants);

    protected override void Dispose(bool disposing) => _packed.Dispose();

    private void PackColumns(in Int8Weights weights, ReadOnlySpan<int> bias, int[] zeroPoints, int inputZeroPoint)
    {
        int channels = _layout.Geometry.OutChannels;
        int perChannel = channels == 0 ? 0 : weights.Data.Length / channels;
        byte flip = Int8Normalization.WeightFlip(weights);
        for (int oc = 0; oc < channels; oc++)
        {
            // A signed byte is the unsigned one of the same bits with the upper bit flipped, less 128.
            int sum;
            fixed (byte* w = weights.Data.Slice(oc * perChannel, perChannel)) sum = (int)ByteSum.Of(w, perChannel, (byte)(flip ^ 0x80)) - 0x80 * perChannel;
            nint slot = PackedWeights.Slot(_layout, oc);
            _columns.Bias[slot] = (bias.IsEmpty ? 0 : bias[oc]) - inputZeroPoint * sum;
            if (_output.Scale.Length > 0) _columns.Scale[slot] = _output.Scale[oc];
            if (_columns.WeightZeroPoints != null) _columns.WeightZeroPoints[slot] = zeroPoints[oc];
        }
    }
}
