using Edge.Kernels.Dense;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>A float32 convolution as an implicit matrix product.</summary>
internal sealed unsafe class GemmConvF32 : PreparedConvF32
{
    private readonly DenseIsa _isa;
    private readonly ConvLayout _layout;
    private readonly TileSet _tiles;
    private readonly Activation _activation;
    private readonly PackedBlock _packed;
    private readonly nint _biasAt;
    private readonly nint _paddingAt;

    public GemmConvF32(DenseIsa isa, in ConvGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, in Activation activation, PackedStore store)
    {
        _isa = isa;
        _tiles = isa.TilesF32.Value;
        KernelName = $"conv_f32_{isa.Name}_{_tiles.MaxRows}x{_tiles.Columns}";
        _layout = new ConvLayout(geometry, _tiles, sizeof(float));
        _activation = activation;
        _biasAt = _layout.PackedBytes;
        _paddingAt = _biasAt + (nint)_layout.Panels * _layout.Columns * sizeof(float);
        _packed = store.Take(KernelName, _paddingAt + _layout.PaddingRowBytes);
        if (_packed.IsFilled) return;
        PackedWeights.Pack(_layout, weights, (float*)_packed.Base);
        for (int oc = 0; oc < bias.Length; oc++) ((float*)(_packed.Base + _biasAt))[PackedWeights.Slot(_layout, oc)] = bias[oc];
    }

    public override string KernelName { get; }

    public override nint ScratchBytes => 0;

    public override nint PackedBytes => _packed.ByteLength;

    public override bool TakesPixels => _layout.IsPointwise;

    /// <summary>Tiles are of about the same height then, else the last ones are as low as they come, and few rows are added up in parts.</summary>
    public override bool HasSameBitsAmongMany => _tiles.HasAllVariants;

    public override bool TakesRanges => _packed.ByteLength <= PanelCache.Bytes;

    /// <summary>Where tiles are not of any height, as many pixels as the highest have.</summary>
    public override int RangeGranule => !_tiles.HasAllVariants ? _tiles.MaxRows : _layout.RowTaps ? _layout.Geometry.OutWidth : 1;

    public override long Cycles => ConvChunks.Cycles(_layout);

    public override void Run(float* x, float* residual, float* y, byte* scratch, WorkerPool pool) => Run(_layout, x, residual, y, _layout.Geometry.OutChannels, pool);

    public override void RunPixels(float* x, float* residual, float* y, nint pixels, byte* scratch, WorkerPool pool)
    {
        if (!TakesPixels) base.RunPixels(x, residual, y, pixels, scratch, pool);
        Run(_layout.WithPixels(pixels, _tiles), x, residual, y, _layout.Geometry.OutChannels, pool);
    }

    public override void RunAmong(float* x, float* y, nint step, byte* scratch, WorkerPool pool) => Run(_layout, x, null, y, step, pool);

    public override void RunRange(float* x, float* residual, float* y, nint step, nint first, nint pixels, byte* scratch)
    {
        byte* packed = _packed.Base;
        var finish = new F32Finish((float*)(packed + _biasAt), _layout.Columns, residual, y, step, _activation, _isa.Activate);
        ConvTiles<F32Finish>.RunRange(_layout, _tiles, packed, packed + _paddingAt, (byte*)x, finish, first, pixels);
        GC.KeepAlive(this);
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();

    private void Run(in ConvLayout layout, float* x, float* residual, float* y, nint step, WorkerPool pool)
    {
        byte* packed = _packed.Base;
        if (SingleRowF32.Takes(layout, _tiles))
        {
            SingleRowF32.Run(layout, _tiles, packed, (float*)(packed + _biasAt), layout.Columns, (byte*)x, residual, y, _activation.Bounds);
            if (!_activation.IsClamp) _isa.Activate(_activation, y, _layout.Geometry.OutChannels, 1, 0);
            GC.KeepAlive(this);
            return;
        }

        var finish = new F32Finish((float*)(packed + _biasAt), _layout.Columns, residual, y, step, _activation, _isa.Activate);
        ConvTiles<F32Finish>.Run(layout, _tiles, packed, packed + _paddingAt, (byte*)x, finish, pool);
        GC.KeepAlive(this);
    }
}
