using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Scores;

namespace Edge.Runtime.Operators.Linear;

/// <summary><c>y = x · wᵀ + b</c> for rows of features, in float32.</summary>
internal sealed unsafe class DenseRows : IDisposable
{
    private readonly FeatureRows _x;
    private readonly PreparedConvF32? _product;

    /// <param name="kernels">Where the product comes from.</param>
    /// <param name="x">The features.</param>
    /// <param name="weights"><c>[outputs, columns]</c>.</param>
    /// <param name="bias">One an output, or none.</param>
    public DenseRows(KernelSet kernels, FeatureRows x, float[] weights, float[] bias)
    {
        _x = x;
        int outputs = x.Columns == 0 ? 0 : weights.Length / x.Columns;
        Macs = (long)x.Rows * weights.Length;
        if (x.Rows > 0 && outputs > 0) _product = kernels.Dense.PrepareConvF32(ConvGeometry.MatMul(x.Rows, x.Columns, outputs), weights, bias, Activation.None);
    }

    public string KernelName => _product?.KernelName ?? "empty";

    public long Macs { get; }

    public nint PackedBytes => _product?.PackedBytes ?? 0;

    public nint ScratchBytes => _x.ScratchBytes + (_product?.ScratchBytes ?? 0);

    /// <param name="x">As the model has them.</param>
    /// <param name="y"><c>[rows, outputs]</c>.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(void* x, float* y, byte* scratch, WorkerPool pool) =>
        _product?.Run((float*)_x.Get(x, scratch), null, y, scratch + _x.ScratchBytes, pool);

    public void Dispose() => _product?.Dispose();
}
