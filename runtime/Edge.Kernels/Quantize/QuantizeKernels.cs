using Edge.Kernels.Elementwise;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Kernels.Quantize;

/// <summary>
/// Conversions between float32 and integers, and arithmetic on integers that stand for real numbers. Immutable and
/// free of locks; the same bytes on every ISA.
/// </summary>
/// <remarks>
/// The definition, in float32, each operation rounded to nearest even:
/// <code>
/// quantize(x)   = (int)min(max(round(x / scale) + zeroPoint, low), high)     // NaN becomes low
/// dequantize(q) = (float)(q − zeroPoint) · scale
/// </code>
/// with low…high the range of the type. Clamping comes before the conversion, which is then exact everywhere.
/// </remarks>
public abstract unsafe class QuantizeKernels
{
    /// <summary>The set's name, for the names of kernels.</summary>
    public abstract string Isa { get; }

    /// <summary>Quantizes float32 numbers.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="y">As many integers of <paramref name="type"/>; not overlapping <paramref name="x"/>.</param>
    /// <param name="type">uint8, int8, uint16 or int16.</param>
    /// <param name="layout">Where the channels lie.</param>
    /// <param name="scale">One for each channel.</param>
    /// <param name="zeroPoint">One integer of <paramref name="type"/> for each channel, as float32.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void Quantize(float* x, void* y, DataType type, in ChannelLayout layout, float* scale, float* zeroPoint, WorkerPool pool);

    /// <summary>Dequantizes to float32.</summary>
    /// <param name="x">Integers of <paramref name="type"/>; not overlapping <paramref name="y"/>.</param>
    /// <param name="type">uint8, int8, uint16, int16 or int32.</param>
    /// <param name="y">As many numbers.</param>
    /// <param name="layout">Where the channels lie.</param>
    /// <param name="scale">One for each channel.</param>
    /// <param name="zeroPoint">One for each channel, as int32.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void Dequantize(void* x, DataType type, float* y, in ChannelLayout layout, float* scale, int* zeroPoint, WorkerPool pool);

    /// <summary>
    /// Real numbers for the accumulators of an integer product: <c>y[r,c] = (float)acc[r,c] · scale[c] + bias[c]</c>, each
    /// operation rounded, between bounds.
    /// </summary>
    /// <param name="acc"><c>[rows, columns]</c></param>
    /// <param name="y">As <paramref name="acc"/>, and may be the same memory.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="scale"><c>[columns]</c></param>
    /// <param name="bias"><c>[columns]</c>; null for none.</param>
    /// <param name="low">The least result; −∞ for none.</param>
    /// <param name="high">The greatest; ∞ for none.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void ScaleAccumulators(int* acc, float* y, nint rows, int columns, float* scale, float* bias, float low, float high, WorkerPool pool);

    /// <summary>Addition or multiplication of 8-bit tensors.</summary>
    /// <param name="function"><see cref="BinaryFunction.Add"/> or <see cref="BinaryFunction.Mul"/>.</param>
    /// <param name="type">uint8 or int8, of both operands and the result.</param>
    public abstract QuantizedBinary Binary(BinaryFunction function, DataType type);

    /// <summary>The least and the greatest of the numbers and 0; NaN is passed over.</summary>
    public abstract (float Low, float High) RangeWithZero(float* x, nint count);

    /// <summary>Least and greatest value of an integer type that float32 numbers are quantized to.</summary>
    public static (int Low, int High) Range(DataType type) => type switch
    {
        DataType.UInt8 => (byte.MinValue, byte.MaxValue),
        DataType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        DataType.UInt16 => (ushort.MinValue, ushort.MaxValue),
        DataType.Int16 => (short.MinValue, short.MaxValue),
        _ => throw new ArgumentOutOfRangeException(nameof(type), $"float32 is not quantized to {type.OnnxName()}"),
    };
}

/// <summary>Scales and zero points of two operands and a result.</summary>
public readonly record struct QuantizedBinaryParameters(
    QuantizationParameters A, QuantizationParameters B, QuantizationParameters Y);

/// <summary>An operation on two 8-bit tensors. Immutable, free of locks.</summary>
public abstract unsafe class QuantizedBinary
{
    public abstract string Name { get; }

    /// <summary>
    /// <c>y = quantize(f(dequantize(a), dequantize(b)))</c>, broadcast by <paramref name="plan"/>; <paramref name="y"/>
    /// may be an operand that has as many elements as the output.
    /// </summary>
    public abstract void Run(byte* a, byte* b, byte* y, Broadcast plan, in QuantizedBinaryParameters parameters, WorkerPool pool);

    /// <summary>The same for operands of one shape: <paramref name="count"/> elements of each, on the calling thread.</summary>
    public abstract void RunDense(byte* a, byte* b, byte* y, nint count, in QuantizedBinaryParameters parameters);
}
