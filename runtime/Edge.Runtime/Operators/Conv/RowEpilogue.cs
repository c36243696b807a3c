using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Threading;

namespace Edge.Runtime.Operators.Conv;

/// <summary>
/// What follows a matrix product whose operands only a run brings: <c>y = activation(t + bias + residual)</c> over
/// <c>[rows, channels]</c>. Residual and activation are the epilogue of a depthwise 1×1 convolution with weights of 1,
/// so that they are computed by the same code as everywhere else.
/// </summary>
internal sealed unsafe class RowEpilogue : IDisposable
{
    private readonly int _rows;
    private readonly int _channels;
    private readonly PreparedConvF32? _kernel;

    /// <param name="dense">Where the epilogue comes from.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="channels">Elements of a row.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="residual">Whether a residual is added.</param>
    public RowEpilogue(DenseKernels dense, int rows, int channels, in Activation activation, bool residual)
    {
        _rows = rows;
        _channels = channels;
        if (rows == 0 || channels == 0 || (activation.Kind == ActivationKind.None && !residual)) return;
        float[] ones = new float[channels];
        ones.AsSpan().Fill(1);
        _kernel = dense.PrepareConvF32(new ConvGeometry(1, 1, rows, channels, 1, rows, channels, Group: channels), ones, [], activation);
    }

    /// <summary>Whether t is to be written apart from y.</summary>
    public bool NeedsTemporary => _kernel is not null;

    public nint ScratchBytes => _kernel?.ScratchBytes ?? 0;

    /// <param name="t">The product; changed. The same memory as <paramref name="y"/> unless <see cref="NeedsTemporary"/>.</param>
    /// <param name="bias">One for each channel; null for none.</param>
    /// <param name="residual">Shaped as y, and may be y itself; null for none.</param>
    /// <param name="y">The result.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(float* t, float* bias, float* residual, float* y, byte* scratch, WorkerPool pool)
    {
        if (bias is not null)
        {
            for (int r = 0; r < _rows; r++)
                for (int j = 0; j < _channels; j++) t[(nint)r * _channels + j] += bias[j];
        }

        _kernel?.Run(t, residual, y, scratch, pool);
    }

    public void Dispose() => _kernel?.Dispose();
}
