using Edge.Kernels.Dense;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.WeightOnly;

/// <summary>A float32 product whose weights stay integers in memory.</summary>
internal sealed unsafe class WeightOnlyProductF32 : PreparedConvF32
{
    private readonly DenseIsa _isa;
    private readonly WeightOnlyLayout _layout;
    private readonly int _m;
    private readonly Activation _activation;
    private readonly WeightOnlyFewRows? _few;
    private readonly WeightOnlyManyRows? _many;
    private readonly PackedBlock _packed;

    /// <param name="isa">The kernels.</param>
    /// <param name="m">Rows.</param>
    /// <param name="weights">Copied.</param>
    /// <param name="bias">Copied, may be empty.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="threads">Threads that a run may use; with a larger pool it uses as many.</param>
    /// <param name="store">Where packed weights come from.</param>
    public WeightOnlyProductF32(DenseIsa isa, int m, in IntegerWeights weights, ReadOnlySpan<float> bias, in Activation activation, int threads, PackedStore store)
    {
        _isa = isa;
        _m = m;
        _activation = activation;
        _layout = new WeightOnlyLayout(weights, isa.WeightOnly.Lanes);
        KernelName = $"gemm_f32_w{weights.Bits}_{isa.Name}";
        if (m <= isa.WeightOnly.MostRows) _few = new WeightOnlyFewRows(isa, _layout, m);
        else _many = new WeightOnlyManyRows(isa, _layout, m, threads);
        nint biasAt = _layout.PackedBytes;
        _packed = store.Take(_layout.Name(KernelName), biasAt + (nint)_layout.PaddedN * sizeof(float));
        if (_packed.IsFilled) return;
        WeightOnlyPacking.Pack(_layout, weights, isa.WeightOnly.LowFirst, _packed.Base);
        bias.CopyTo(new Span<float>(_packed.Base + biasAt, _layout.N));
    }

    public override string KernelName { get; }

    public override nint ScratchBytes => _few?.ScratchBytes ?? _many!.ScratchBytes;

    public override nint PackedBytes => _packed.ByteLength;

    public override void Run(float* x, float* residual, float* y, byte* scratch, WorkerPool pool)
    {
        if (_m == 0) return;
        byte* packed = _packed.Base;
        var bias = (float*)(packed + _layout.PackedBytes);
        if (_few is not null) _few.Run(packed, bias, x, residual, y, _activation, scratch, pool);
        else _many!.Run(packed, bias, x, residual, y, _activation, scratch, pool);
        GC.KeepAlive(this);
    }

    protected override void Dispose(bool disposing) => _packed.Dispose();
}
