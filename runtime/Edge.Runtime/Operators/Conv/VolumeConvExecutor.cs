using Edge.Kernels.Dense;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Conv;

/// <summary>Where a convolution has what depends on the slice: indices of inputs, −1 for none, and bytes of elements.</summary>
internal sealed record VolumeOperands(int Inputs, int X, int XZeroPoint, int Residual, int InElement, int OutElement);

/// <summary>
/// A convolution over volumes, slice by slice of the output: the slices of the input that the depth of the kernel reaches
/// become channels of one picture, <c>[H, W, C·kD]</c>, for which the weights <c>[OC, C/group, kD, kH, kW]</c> are in place as
/// <c>[OC, (C/group)·kD, kH, kW]</c>.
/// </summary>
internal sealed unsafe class VolumeConvExecutor : Executor
{
    private readonly VolumeGeometry _g;
    private readonly VolumeOperands _operands;
    private readonly ChannelsFirst? _layout;
    private readonly Executor _slice;
    private readonly nint _folded;

    /// <param name="geometry">The shape.</param>
    /// <param name="slice">The convolution of <see cref="Slice"/>, channels-last; owned.</param>
    /// <param name="operands">Where its operands are.</param>
    /// <param name="channelsLast">Whether the volumes are <c>[N, D, H, W, C]</c>.</param>
    public VolumeConvExecutor(in VolumeGeometry geometry, Executor slice, VolumeOperands operands, bool channelsLast)
    {
        _g = geometry;
        _slice = slice;
        _operands = operands;
        _layout = channelsLast ? null : new ChannelsFirst(_g.AsPicture, operands.InElement, operands.OutElement, operands.Residual >= 0);
        _folded = Scratch.Align(InSlice * _g.Depth.Kernel + Tensor.Slack);
    }

    public override string Kernel => $"{_slice.Kernel}, {_g.Depth.Output} slices{(_layout is null ? "" : " (channels first)")}";

    public override nint ScratchBytes => (_layout?.ScratchBytes ?? 0) + _folded + _slice.ScratchBytes;

    public override nint PackedBytes => _slice.PackedBytes;

    public override long Macs => _slice.Macs * _g.Plane.Batch * _g.Depth.Output;

    /// <summary>Bytes of a slice of the input.</summary>
    private nint InSlice => (nint)_g.Plane.InHeight * _g.Plane.InWidth * _g.Plane.InChannels * _operands.InElement;

    /// <summary>Bytes of a slice of the output.</summary>
    private nint OutSlice => (nint)_g.Plane.OutHeight * _g.Plane.OutWidth * _g.Plane.OutChannels * _operands.OutElement;

    /// <summary>The convolution of one slice of the output.</summary>
    public static ConvGeometry Slice(in VolumeGeometry g) => g.Plane with { Batch = 1, InChannels = checked(g.Plane.InChannels * g.Depth.Kernel) };

    public override bool Reads(int input) => input == _operands.X || input == _operands.XZeroPoint || _slice.Reads(input);

    public override void Execute(in StepContext c)
    {
        byte* x = c.Input<byte>(_operands.X), y = c.Output<byte>(0), target = y;
        byte* residual = _operands.Residual < 0 ? null : c.Input<byte>(_operands.Residual);
        byte* scratch = c.Scratch;
        if (_layout is not null)
        {
            x = _layout.Input(x, scratch, c.Pool);
            target = _layout.Target(y, scratch);
            residual = _layout.Residual(residual, target, c.Pool);
            scratch += _layout.ScratchBytes;
        }

        byte padding = _operands.XZeroPoint >= 0 && c.Input<byte>(_operands.XZeroPoint) is var zero && zero is not null ? *zero : (byte)0;
        void** inputs = stackalloc void*[_operands.Inputs];
        for (int i = 0; i < _operands.Inputs; i++) inputs[i] = c.Input<byte>(i);
        void* output = target;
        for (int n = 0; n < _g.Plane.Batch; n++)
        {
            for (int od = 0; od < _g.Depth.Output; od++)
            {
                inputs[_operands.X] = Fold(x + n * _g.Depth.Input * InSlice, od, padding, scratch, c.Pool);
                if (residual is not null) inputs[_operands.Residual] = residual;
                _slice.Execute(new StepContext(new PointerTable(inputs, _operands.Inputs), new PointerTable(&output, 1), scratch + _folded, c.Pool, null));
                output = (byte*)output + OutSlice;
                if (residual is not null) residual += OutSlice;
            }
        }

        _layout?.Output(y, c.Scratch, c.Pool);
    }

    public override void Dispose()
    {
        _slice.Dispose();
        base.Dispose();
    }

    /// <summary>The input of one slice of the output: a slice of the volume itself where the kernel has but one, else <paramref name="folded"/>.</summary>
    private byte* Fold(byte* volume, int od, byte padding, byte* folded, WorkerPool pool)
    {
        int first = od * _g.Depth.Stride - _g.Depth.Pad;
        if (_g.Depth.Kernel == 1 && (uint)first < (uint)_g.Depth.Input) return volume + first * InSlice;
        int rows = _g.Plane.InHeight;
        int chunks = Grain.Chunks(InSlice * _g.Depth.Kernel, rows, pool.Threads);
        var job = new Job(this, volume, first, padding, folded, chunks);
        pool.Run(ref job, chunks);
        return folded;
    }

    private readonly struct Job(VolumeConvExecutor e, byte* volume, int first, byte padding, byte* folded, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            var g = e._g.Plane;
            nint from = (nint)Grain.Start(g.InHeight, chunk, chunks) * g.InWidth * g.InChannels;
            nint end = (nint)Grain.Start(g.InHeight, chunk + 1, chunks) * g.InWidth * g.InChannels;
            int taps = e._g.Depth.Kernel;
            for (int tap = 0; tap < taps; tap++)
            {
                int d = first + tap * e._g.Depth.Dilation;
                bool inside = (uint)d < (uint)e._g.Depth.Input;
                byte* slice = inside ? volume + d * e.InSlice : null;
                // A padded float is 0.
                if (e._operands.InElement == 1) Spread(slice, padding, folded + tap, from, end, taps);
                else Spread((uint*)slice, 0u, (uint*)folded + tap, from, end, taps);
            }
        }

        private static void Spread<T>(T* slice, T padding, T* folded, nint from, nint end, nint taps) where T : unmanaged
        {
            if (slice is null)
            {
                for (nint i = from; i < end; i++) folded[i * taps] = padding;
                return;
            }

            for (nint i = from; i < end; i++) folded[i * taps] = slice[i];
        }
    }
}
