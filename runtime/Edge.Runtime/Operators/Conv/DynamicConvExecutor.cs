using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;

namespace Edge.Runtime.Operators.Conv;

/// <summary>
/// A float32 convolution whose weights a run brings: each image and group is unfolded to a matrix and multiplied with
/// the weights as they are, <c>[OC/group, K]</c>.
/// </summary>
internal sealed unsafe class DynamicConvExecutor : Executor
{
    private readonly ConvGeometry _g;
    private readonly ChannelsFirst? _layout;
    private readonly DenseKernels _dense;
    private readonly RowEpilogue _epilogue;
    private readonly int _bias;
    private readonly int _residual;
    private readonly int _k;
    private readonly nint _unfolded;
    private readonly nint _temporary;
    private readonly nint _product;

    /// <param name="c">The node and the kernels.</param>
    /// <param name="geometry">The shape.</param>
    /// <param name="layout">Null where the tensors are channels-last.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="bias">The input with the bias; −1 for none.</param>
    /// <param name="residual">The input with the residual; −1 for none.</param>
    public DynamicConvExecutor(PrepareContext c, in ConvGeometry geometry, ChannelsFirst? layout, in Activation activation, int bias, int residual)
    {
        _g = geometry;
        _layout = layout;
        _dense = c.Kernels.Dense;
        _bias = bias;
        _residual = residual;
        int pixels = _g.OutHeight * _g.OutWidth;
        _epilogue = new RowEpilogue(_dense, _g.Batch * pixels, _g.OutChannels, activation, residual >= 0);
        _k = _g.InChannelsPerGroup * _g.KernelHeight * _g.KernelWidth;
        _unfolded = Scratch.Align((nint)pixels * _k * sizeof(float));
        _temporary = _epilogue.NeedsTemporary ? Scratch.Align((nint)_g.Batch * pixels * _g.OutChannels * sizeof(float)) : 0;
        _product = Scratch.Align(_dense.MatMulF32ScratchBytes(pixels, _g.OutChannelsPerGroup, _k));
    }

    public override string Kernel => "conv_f32_unfold (weights at run time)";

    public override nint ScratchBytes => (_layout?.ScratchBytes ?? 0) + _unfolded + _temporary + _product + _epilogue.ScratchBytes;

    public override long Macs => _g.Macs;

    public override void Execute(in StepContext c)
    {
        if (_g.Macs == 0) return;
        byte* scratch = c.Scratch;
        float* x = c.Input<float>(0);
        byte* y = c.Output<byte>(0);
        float* residual = _residual < 0 ? null : c.Input<float>(_residual);
        float* target = (float*)y;
        if (_layout is not null)
        {
            x = (float*)_layout.Input((byte*)x, scratch, c.Pool);
            target = (float*)_layout.Target(y, scratch);
        }

        byte* parts = scratch + (_layout?.ScratchBytes ?? 0);
        float* product = _epilogue.NeedsTemporary ? (float*)(parts + _unfolded) : target;
        Multiply(x, c.Input<float>(1), product, (float*)parts, parts + _unfolded + _temporary, c.Pool);
        if (_layout is not null) residual = (float*)_layout.Residual((byte*)residual, (byte*)target, c.Pool);
        _epilogue.Run(product, _bias < 0 ? null : c.Input<float>(_bias), residual, target, parts + _unfolded + _temporary + _product, c.Pool);
        _layout?.Output(y, scratch, c.Pool);
    }

    public override void Dispose()
    {
        _epilogue.Dispose();
        base.Dispose();
    }

    private void Multiply(float* x, float* w, float* y, float* unfolded, byte* scratch, WorkerPool pool)
    {
        int pixels = _g.OutHeight * _g.OutWidth;
        int rows = _g.OutHeight;
        for (int n = 0; n < _g.Batch; n++)
        {
            for (int group = 0; group < _g.Group; group++)
            {
                int chunks = Grain.Chunks((nint)pixels * _k * sizeof(float), rows, pool.Threads);
                var job = new Unfold(_g, x + (nint)n * _g.InHeight * _g.InWidth * _g.InChannels + group * _g.InChannelsPerGroup, unfolded, chunks);
                pool.Run(ref job, chunks);
                _dense.MatMulF32(pixels, _g.OutChannelsPerGroup, _k, unfolded, _k,
                    w + (nint)group * _g.OutChannelsPerGroup * _k, _k, true,
                    y + (nint)n * pixels * _g.OutChannels + group * _g.OutChannelsPerGroup, _g.OutChannels, scratch, pool);
            }
        }
    }

    /// <summary>Writes for every output pixel the inputs that it reads, in the order <c>[C/group, kH, kW]</c> of the weights; padding is 0.</summary>
    private readonly struct Unfold(ConvGeometry g, float* x, float* unfolded, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            int end = Grain.Start(g.OutHeight, chunk + 1, chunks);
            for (int oh = Grain.Start(g.OutHeight, chunk, chunks); oh < end; oh++)
                for (int ow = 0; ow < g.OutWidth; ow++) Pixel(oh, ow);
        }

        private void Pixel(int oh, int ow)
        {
            int taps = g.KernelHeight * g.KernelWidth;
            float* column = unfolded + ((nint)oh * g.OutWidth + ow) * taps * g.InChannelsPerGroup;
            for (int kh = 0; kh < g.KernelHeight; kh++)
            {
                int ih = oh * g.StrideHeight - g.PadTop + kh * g.DilationHeight;
                for (int kw = 0; kw < g.KernelWidth; kw++, column++)
                {
                    int iw = ow * g.StrideWidth - g.PadLeft + kw * g.DilationWidth;
                    bool inside = (uint)ih < (uint)g.InHeight && (uint)iw < (uint)g.InWidth;
                    float* pixel = x + ((nint)ih * g.InWidth + iw) * g.InChannels;
                    for (int ch = 0; ch < g.InChannelsPerGroup; ch++) column[ch * taps] = inside ? pixel[ch] : 0;
                }
            }
        }
    }
}
