using System.Numerics;
using Edge.Kernels.Dense;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;

namespace Edge.Runtime.Operators.Conv;

/// <summary>
/// A transposed convolution: every input pixel times all taps is one matrix product; each output pixel then adds up the
/// products that fall on it, in the order of the taps.
/// </summary>
internal sealed unsafe class ConvTransposeExecutor : Executor
{
    private readonly ConvGeometry _g;
    private readonly DepthAxis _depth;
    private readonly ChannelsFirst? _layout;
    private readonly PreparedConvF32? _kernel;
    private readonly DenseKernels _dense;
    private readonly int _bias;
    private readonly int _taps;
    private readonly int _pixels;
    private readonly nint _products;

    /// <param name="geometry">The shape, as <see cref="ConvTransposeAttributes"/> reads it.</param>
    /// <param name="layout">Null where the tensors are channels-last.</param>
    /// <param name="kernel">The product with packed weights, owned; null where a run brings the weights.</param>
    /// <param name="dense">Multiplies where there is no kernel.</param>
    /// <param name="bias">The input with the bias; −1 for none.</param>
    public ConvTransposeExecutor(in VolumeGeometry geometry, ChannelsFirst? layout, PreparedConvF32? kernel, DenseKernels dense, int bias)
    {
        _g = geometry.Plane;
        _depth = geometry.Depth;
        _layout = layout;
        _kernel = kernel;
        _dense = dense;
        _bias = bias;
        _taps = _depth.Kernel * _g.KernelHeight * _g.KernelWidth;
        _pixels = checked(_g.Batch * _depth.Input * _g.InHeight * _g.InWidth);
        _products = Scratch.Align((nint)_pixels * _g.OutChannels * _taps * sizeof(float));
    }

    public override string Kernel => _kernel is null ? "conv_transpose_f32 (weights at run time)" : "conv_transpose_" + _kernel.KernelName;

    public override nint ScratchBytes =>
        (_layout?.ScratchBytes ?? 0) + _products + (_kernel?.ScratchBytes ?? _dense.MatMulF32ScratchBytes(_pixels, _g.OutChannelsPerGroup * _taps, _g.InChannelsPerGroup));

    public override nint PackedBytes => _kernel?.PackedBytes ?? 0;

    public override long Macs => (long)_pixels * _g.OutChannelsPerGroup * _taps * _g.InChannels;

    public override bool Reads(int input) => _kernel is null || input == 0 || input == _bias;

    public override void Execute(in StepContext c)
    {
        if (_pixels == 0) return;
        float* x = c.Input<float>(0), y = c.Output<float>(0);
        byte* scratch = c.Scratch;
        if (_layout is not null)
        {
            x = (float*)_layout.Input((byte*)x, scratch, c.Pool);
            y = (float*)_layout.Target((byte*)y, scratch);
            scratch += _layout.ScratchBytes;
        }

        var products = (float*)scratch;
        if (_kernel is not null) _kernel.Run(x, null, products, scratch + _products, c.Pool);
        else Multiply(x, c.Input<float>(1), products, scratch + _products, c.Pool);
        var job = new Gather(this, products, _bias < 0 ? null : c.Input<float>(_bias), y);
        c.Pool.Run(ref job, _g.Batch * _depth.Output * _g.OutHeight);
        _layout?.Output(c.Output<byte>(0), c.Scratch, c.Pool);
    }

    public override void Dispose()
    {
        _kernel?.Dispose();
        base.Dispose();
    }

    /// <summary>With the weights as ONNX has them, <c>[C/group, OC/group · taps]</c> a group.</summary>
    private void Multiply(float* x, float* w, float* products, byte* scratch, WorkerPool pool)
    {
        int columns = _g.OutChannelsPerGroup * _taps;
        for (int group = 0; group < _g.Group; group++)
        {
            _dense.MatMulF32(_pixels, columns, _g.InChannelsPerGroup, x + group * _g.InChannelsPerGroup, _g.InChannels,
                w + (nint)group * _g.InChannelsPerGroup * columns, columns, false, products + group * columns, _g.OutChannels * _taps, scratch, pool);
        }
    }

    /// <summary>One chunk is one row of one output picture.</summary>
    private readonly struct Gather(ConvTransposeExecutor e, float* products, float* bias, float* y) : IParallelJob
    {
        public void Execute(int chunk)
        {
            var (g, depth) = (e._g, e._depth);
            var (slice, oh) = Math.DivRem(chunk, g.OutHeight);
            var (n, od) = Math.DivRem(slice, depth.Output);
            float* row = y + (nint)chunk * g.OutWidth * g.OutChannels;
            for (int ow = 0; ow < g.OutWidth; ow++)
            {
                var pixel = new Span<float>(row + (nint)ow * g.OutChannels, g.OutChannels);
                if (bias is null) pixel.Clear();
                else new ReadOnlySpan<float>(bias, g.OutChannels).CopyTo(pixel);
            }

            for (int kd = 0; kd < depth.Kernel; kd++)
            {
                if (!TryInput(od + depth.Pad - kd * depth.Dilation, depth.Stride, depth.Input, out int id)) continue;
                for (int kh = 0; kh < g.KernelHeight; kh++)
                {
                    if (TryInput(oh + g.PadTop - kh * g.DilationHeight, g.StrideHeight, g.InHeight, out int ih))
                        AddRow(row, (((nint)n * depth.Input + id) * g.InHeight + ih) * g.InWidth, (kd * g.KernelHeight + kh) * g.KernelWidth);
                }
            }
        }

        /// <summary>Adds what a row of the input gives by a row of taps.</summary>
        private void AddRow(float* row, nint input, int tap)
        {
            var g = e._g;
            for (int kw = 0; kw < g.KernelWidth; kw++)
            {
                for (int ow = 0; ow < g.OutWidth; ow++)
                {
                    if (TryInput(ow + g.PadLeft - kw * g.DilationWidth, g.StrideWidth, g.InWidth, out int iw))
                        Add(row + (nint)ow * g.OutChannels, input + iw, tap + kw);
                }
            }
        }

        private static bool TryInput(int at, int stride, int size, out int index)
        {
            (index, int rest) = Math.DivRem(at, stride);
            return at >= 0 && rest == 0 && index < size;
        }

        private void Add(float* pixel, nint input, int tap)
        {
            var g = e._g;
            int per = g.OutChannelsPerGroup;
            float* all = products + input * g.OutChannels * e._taps;
            for (int group = 0; group < g.Group; group++, pixel += per, all += per * e._taps)
            {
                if (e._kernel is null)
                {
                    // Products lie as [OC/group, taps].
                    for (int m = 0; m < per; m++) pixel[m] += all[m * e._taps + tap];
                    continue;
                }

                float* from = all + tap * per;
                int i = 0;
                // One lane is one output channel.
                for (; i + Vector<float>.Count <= per; i += Vector<float>.Count) Vector.Store(Vector.Load(pixel + i) + Vector.Load(from + i), pixel + i);
                for (; i < per; i++) pixel[i] += from[i];
            }
        }
    }
}
