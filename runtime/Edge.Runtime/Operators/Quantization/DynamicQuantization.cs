using Edge.Kernels.Quantize;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Quantization;

/// <summary>Quantization to uint8 with a scale and zero point that follow from the numbers.</summary>
internal static unsafe class DynamicQuantization
{
    /// <summary>Quantizes. The range includes 0; numbers that are all 0 have scale 1 and zero point 0.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="x">The numbers.</param>
    /// <param name="y">As many bytes.</param>
    /// <param name="count">How many.</param>
    /// <param name="pool">The threads to use.</param>
    public static (float Scale, byte ZeroPoint) Quantize(QuantizeKernels kernels, float* x, byte* y, nint count, WorkerPool pool)
    {
        var (low, high) = kernels.RangeWithZero(x, count);
        float scale = high == low ? 1 : (high - low) / 255;
        // 0 − low / scale lies between 0 and 255 up to rounding; an infinite range gives NaN, which becomes 0.
        float zero = MathF.Round(-low / scale, MidpointRounding.ToEven);
        zero = zero > 0 ? MathF.Min(zero, 255) : 0;
        kernels.Quantize(x, y, DataType.UInt8, ChannelLayout.PerTensor(count), &scale, &zero, pool);
        return (scale, (byte)zero);
    }
}
