using Edge.Kernels.Dense;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Conv;

/// <summary>
/// Lets a channels-last kernel work on channels-first tensors: <c>[N,C,H,W]</c> is transposed into scratch, and the
/// result back. Where there is one channel or one pixel both layouts are the same bytes, and nothing is copied.
/// </summary>
internal sealed unsafe class ChannelsFirst
{
    private readonly StridedCopy? _in;
    private readonly StridedCopy? _out;
    private readonly StridedCopy? _residual;
    private readonly nint _inBytes;
    private readonly nint _outBytes;

    /// <param name="g">The shapes.</param>
    /// <param name="inElement">Bytes of one element of the input.</param>
    /// <param name="outElement">Bytes of one element of the output, and of the residual.</param>
    /// <param name="residual">Whether a residual is added.</param>
    public ChannelsFirst(in ConvGeometry g, int inElement, int outElement, bool residual)
    {
        int inSize = g.InHeight * g.InWidth, outSize = g.OutHeight * g.OutWidth;
        if (inSize > 1 && g.InChannels > 1)
        {
            _in = StridedCopy.Transpose([g.Batch, g.InChannels, inSize], [0, 2, 1], inElement);
            _inBytes = Scratch.Align((nint)g.Batch * inSize * g.InChannels * inElement + Tensor.Slack);
        }

        if (outSize <= 1 || g.OutChannels <= 1) return;
        _out = StridedCopy.Transpose([g.Batch, outSize, g.OutChannels], [0, 2, 1], outElement);
        _outBytes = Scratch.Align((nint)g.Batch * outSize * g.OutChannels * outElement + Tensor.Slack);
        if (residual) _residual = StridedCopy.Transpose([g.Batch, g.OutChannels, outSize], [0, 2, 1], outElement);
    }

    /// <summary>Bytes of scratch for the copies.</summary>
    public nint ScratchBytes => _inBytes + _outBytes;

    /// <summary>The input channels-last: in scratch, or where it is.</summary>
    public byte* Input(byte* x, byte* scratch, WorkerPool pool)
    {
        if (_in is null) return x;
        _in.Run(x, scratch, pool);
        return scratch;
    }

    /// <summary>Where the kernel writes: scratch, or the output itself.</summary>
    public byte* Target(byte* y, byte* scratch) => _out is null ? y : scratch + _inBytes;

    /// <summary>The residual channels-last: in the place of the kernel's output, which may be the residual itself.</summary>
    public byte* Residual(byte* residual, byte* target, WorkerPool pool)
    {
        if (residual is null || _residual is null) return residual;
        _residual.Run(residual, target, pool);
        return target;
    }

    /// <summary>Brings the result to <paramref name="y"/>.</summary>
    public void Output(byte* y, byte* scratch, WorkerPool pool) => _out?.Run(scratch + _inBytes, y, pool);
}

/// <summary>Division of scratch memory into parts.</summary>
internal static class Scratch
{
    /// <summary>Rounded up to <see cref="Tensor.Alignment"/>, so that the part behind is aligned too.</summary>
    public static nint Align(nint bytes) => (bytes + Tensor.Alignment - 1) & ~(nint)(Tensor.Alignment - 1);
}
