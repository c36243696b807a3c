using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;
using Edge.Kernels.Quantize;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Kernels.Pooling;

/// <summary>
/// Bytes widen to float32 lanes, in which the sum along one row of taps (fewer than 65,536) is exact; rows are summed in
/// int32 lanes.
/// </summary>
internal sealed unsafe class AverageOfBytes<TByte, V>(PoolFunction function, in PoolGeometry geometry, string name) : QuantizedPoolKernel
    where TByte : struct, IByteLanes
    where V : unmanaged, IVectorF32<V>
{
    private readonly PoolWindows _windows = new(function, geometry);

    public override string Name { get; } = name;

    public override void Run(byte* x, byte* y, QuantizationParameters input, QuantizationParameters output, WorkerPool pool) =>
        _windows.Run(new Routine(input, output), x, y, pool);

    private readonly struct Routine(QuantizationParameters input, QuantizationParameters output) : IPoolRoutine<byte>
    {
        [SkipLocalsInit]
        public void Reduce(byte* x, in PoolWindow w, byte* y, nint channels)
        {
            int offset = -w.Taps * input.ZeroPoint;
            float factor = input.Scale / Math.Max(1, w.Count);
            byte* bytes = stackalloc byte[64];
            nint n = V.Count, c = 0;
            for (; c <= channels - 4 * n; c += 4 * n)
            {
                V a = Finish(Sum<V>(x + c, w, offset), factor), b = Finish(Sum<V>(x + c + n, w, offset), factor);
                V.StoreBytes(y + c, a, b, Finish(Sum<V>(x + c + 2 * n, w, offset), factor), Finish(Sum<V>(x + c + 3 * n, w, offset), factor));
            }
            for (; c <= channels - n; c += n)
            {
                V a = Finish(Sum<V>(x + c, w, offset), factor);
                V.StoreBytes(bytes, a, a, a, a);
                for (nint k = 0; k < n; k++) y[c + k] = bytes[k];
            }
            for (; c < channels; c++)
            {
                VectorF32x1 a = Finish(Sum<VectorF32x1>(x + c, w, offset), factor);
                VectorF32x1.StoreBytes(bytes, a, a, a, a);
                y[c] = bytes[0];
            }
        }

        /// <summary>Lanes: the sum of a channel over the window, as float32, less the zero points.</summary>
        [MethodImpl(Compile.Alone)]
        private static W Sum<W>(byte* x, in PoolWindow w, int offset) where W : unmanaged, IVectorF32<W>
        {
            W s = W.SplatBits(offset);
            for (nint d = 0; d < w.Depth; d++)
                for (nint h = 0; h < w.Height; h++)
                {
                    byte* p = x + d * w.DepthStride + h * w.HeightStride;
                    W r = W.Splat(0);
                    for (nint k = 0; k < w.Width; k++, p += w.WidthStride) r += TByte.Load<W>(p);
                    s = W.AddInt32(s, W.ToInt32(r));
                }
            return W.FromInt32(s);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private W Finish<W>(W sum, float factor) where W : unmanaged, IVectorF32<W> =>
            Rounding.Quantize(sum * W.Splat(factor), W.Splat(output.Scale), W.Splat(output.ZeroPoint), W.Splat(TByte.Low), W.Splat(TByte.High));
    }
}
