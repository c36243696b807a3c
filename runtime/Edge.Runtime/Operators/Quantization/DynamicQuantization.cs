using Edge.Kernels.Layout;
using Edge.Kernels.Quantize;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Quantization;

/// <summary>Quantization to uint8 with a scale and zero point that follow from the numbers.</summary>
internal static unsafe class DynamicQuantization
{
    /// <summary>Parts whose ranges are kept on the stack.</summary>
    private const int MostChunks = 256;

    /// <summary>Quantizes. The range includes 0; numbers that are all 0 have scale 1 and zero point 0.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="x">The numbers.</param>
    /// <param name="y">As many bytes.</param>
    /// <param name="count">How many.</param>
    /// <param name="pool">The threads to use.</param>
    public static (float Scale, byte ZeroPoint) Quantize(QuantizeKernels kernels, float* x, byte* y, nint count, WorkerPool pool)
    {
        var (low, high) = Range(kernels, x, count, pool);
        float scale = high == low ? 1 : (high - low) / 255;
        // 0 − low / scale lies between 0 and 255 up to rounding; an infinite range gives NaN, which becomes 0.
        float zero = MathF.Round(-low / scale, MidpointRounding.ToEven);
        zero = zero > 0 ? MathF.Min(zero, 255) : 0;
        kernels.Quantize(x, y, DataType.UInt8, ChannelLayout.PerTensor(count), &scale, &zero, pool);
        return (scale, (byte)zero);
    }

    /// <summary>Each thread looks at a part of the numbers, the same that it quantizes next.</summary>
    private static (float Low, float High) Range(QuantizeKernels kernels, float* x, nint count, WorkerPool pool)
    {
        int chunks = (int)Math.Min(Grain.Chunks(count * sizeof(float), (int)Math.Min(count, int.MaxValue), pool.Threads), MostChunks);
        if (chunks == 1) return kernels.RangeWithZero(x, count);
        var ranges = stackalloc (float Low, float High)[chunks];
        var job = new RangeJob(kernels, x, count, ranges, chunks);
        pool.Run(ref job, chunks);
        var (low, high) = ranges[0];
        for (int i = 1; i < chunks; i++) (low, high) = (Math.Min(low, ranges[i].Low), Math.Max(high, ranges[i].High));
        return (low, high);
    }

    private readonly struct RangeJob(QuantizeKernels kernels, float* x, nint count, (float Low, float High)* ranges, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            nint first = count * chunk / chunks;
            ranges[chunk] = kernels.RangeWithZero(x + first, count * (chunk + 1) / chunks - first);
        }
    }
}
