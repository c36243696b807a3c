using Edge.Kernels.Dense;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>
/// A float32 3×3 convolution by F(m×m, 3×3): 16 products for 4 outputs instead of 36, or 36 for 16 instead of 144. Sums differ
/// from a direct convolution's by about twice its own rounding; an infinity or NaN makes all of its tile NaN.
/// </summary>
internal sealed unsafe class WinogradConvF32 : PreparedConvF32
{
    private readonly DenseIsa _isa;
    private readonly WinogradLayout _layout;
    private readonly WinogradPlan _plan;
    private nint _threadStride;
    private readonly Activation _activation;
    private readonly PackedBlock _packed;
    private readonly nint _biasAt;

    /// <param name="isa">The kernels.</param>
    /// <param name="geometry">One that <see cref="WinogradLayout.Takes"/>.</param>
    /// <param name="outputs">m: 2 or 4.</param>
    /// <param name="weights">Copied.</param>
    /// <param name="bias">Copied, may be empty.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="threads">Threads that a run may use; with a larger pool it uses one.</param>
    /// <param name="store">Where packed weights come from.</param>
    public WinogradConvF32(DenseIsa isa, in ConvGeometry geometry, int outputs, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, in Activation activation, int threads, PackedStore store)
    {
        _isa = isa;
        _activation = activation;
        _layout = new WinogradLayout(geometry, outputs, isa.TilesF32.Value.Columns);
        _plan = new WinogradPlan(_layout, isa.TilesF32.Value, threads);
        _threadStride = _plan.ThreadBytes;
        KernelName = $"winograd{outputs}_f32_{isa.Name}_{isa.TilesF32.Value.MaxRows}x{isa.TilesF32.Value.Columns}";
        _biasAt = _layout.WeightBytes;
        _packed = store.Take(KernelName, _biasAt + (nint)_layout.Panels * _layout.Columns * sizeof(float));
        if (_packed.IsFilled) return;
        WinogradWeights.Pack(_layout, outputs == 2 ? Winograd2.WeightRows : Winograd4.WeightRows, weights, (float*)_packed.Base);
        bias.CopyTo(new Span<float>(_packed.Base + _biasAt, geometry.OutChannels));
    }

    public override string KernelName { get; }

    public override nint ScratchBytes => _plan.ScratchBytes;

    public override void SpreadScratch(nint bytes) => _threadStride = _plan.ThreadStride(bytes);

    public override nint PackedBytes => _packed.ByteLength;

    public override void Run(float* x, float* residual, float* y, byte* scratch, WorkerPool pool) => Run(x, residual, y, _layout.Geometry.OutChannels, scratch, pool);

    public override void RunAmong(float* x, float* y, nint step, byte* scratch, WorkerPool pool) => Run(x, null, y, step, scratch, pool);

    protected override void Dispose(bool disposing) => _packed.Dispose();

    private void Run(float* x, float* residual, float* y, nint step, byte* scratch, WorkerPool pool)
    {
        if (_layout.Tiles == 0 || _layout.Panels == 0) return;
        var ends = new WinogradEndsF32(_isa, _isa.WinogradF32.For(_layout.Outputs), _activation, x, residual, y, step, (float*)(_packed.Base + _biasAt));
        new WinogradRun<WinogradEndsF32>(_isa.TilesF32.Value, ends, _layout, _plan, _packed.Base, scratch, _threadStride).Run(pool);
        GC.KeepAlive(this);
    }
}
