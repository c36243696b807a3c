using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Kernels.Pooling;

/// <summary>What a window is reduced to.</summary>
public enum PoolFunction : byte
{
    /// <summary>The greatest element; NaN is passed over. A window wholly on padding gives the least value of the type.</summary>
    Max,

    /// <summary>The sum over elements of the input divided by their number; 0 for a window wholly on padding.</summary>
    Average,

    /// <summary>The sum divided by the number of taps on input and padding.</summary>
    AverageWithPadding,

    /// <summary>The sum.</summary>
    Sum,
}

/// <summary>
/// Pooling kernels of one ISA. Immutable and free of locks; the same bytes on every ISA: sums run along the width, then
/// over the height, then over the depth.
/// </summary>
public abstract class PoolingKernels
{
    /// <summary>Pooling of float32.</summary>
    public abstract PoolKernel Float(PoolFunction function, in PoolGeometry geometry);

    /// <summary>The greatest element of windows of uint8 or int8.</summary>
    public abstract PoolKernel MaxOfBytes(DataType type, in PoolGeometry geometry);

    /// <summary>
    /// The average of windows of uint8 or int8, quantized again:
    /// <code>
    /// sum = Σ (x − xZeroPoint) in int32 over the elements of the input
    /// y   = quantize((float)sum · (xScale / count)) with yScale and yZeroPoint
    /// </code>
    /// each operation rounded to float32; quantize as <see cref="Edge.Kernels.Quantize.QuantizeKernels"/> defines it. The
    /// zero points' sum over one window must fit in int32.
    /// </summary>
    /// <param name="type">Of input and output.</param>
    /// <param name="function"><see cref="PoolFunction.Average"/> or <see cref="PoolFunction.AverageWithPadding"/>, which says what count is.</param>
    /// <param name="geometry">The geometry.</param>
    public abstract QuantizedPoolKernel AverageOfBytes(DataType type, PoolFunction function, in PoolGeometry geometry);
}

/// <summary>Pooling made ready for one geometry. Immutable, free of locks.</summary>
public abstract unsafe class PoolKernel
{
    public abstract string Name { get; }

    /// <param name="x">The input, not overlapping <paramref name="y"/>.</param>
    /// <param name="y">The output.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void Run(void* x, void* y, WorkerPool pool);

    /// <summary>Pixels of a line of the output, where lines can be computed by themselves; else 0.</summary>
    public virtual int LinePixels => 0;

    /// <summary>Computes lines <c>first … first + lines − 1</c> of the output, counted through all pictures, on the calling thread.</summary>
    /// <param name="x">The whole input.</param>
    /// <param name="y">The whole output.</param>
    /// <param name="first">The first line.</param>
    /// <param name="lines">How many.</param>
    /// <exception cref="NotSupportedException">The kernel has no <see cref="LinePixels"/>.</exception>
    public virtual void RunLines(void* x, void* y, nint first, nint lines) => throw new NotSupportedException($"{Name} computes whole pictures");
}

/// <inheritdoc cref="PoolKernel"/>
public abstract unsafe class QuantizedPoolKernel
{
    public abstract string Name { get; }

    /// <param name="x">The input, not overlapping <paramref name="y"/>.</param>
    /// <param name="y">The output.</param>
    /// <param name="input">Scale and zero point of x.</param>
    /// <param name="output">Scale and zero point of y.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void Run(byte* x, byte* y, QuantizationParameters input, QuantizationParameters output, WorkerPool pool);
}
