using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Pooling;

/// <summary>The greatest byte of each window, as many bytes at a time as the set's vectors hold.</summary>
internal sealed unsafe class MaxOfBytes<T, V>(in PoolGeometry geometry, string name) : PoolKernel
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    where V : unmanaged, IVectorF32<V>
{
    private readonly PoolWindows _windows = new(PoolFunction.Max, geometry);

    public override string Name { get; } = name;

    public override void Run(void* x, void* y, WorkerPool pool) => _windows.Run(default(Routine), (T*)x, (T*)y, pool);

    private readonly struct Routine : IPoolRoutine<T>
    {
        public void Reduce(T* x, in PoolWindow w, T* y, nint channels)
        {
            nint c = 0;
            if (V.Count == 16)
                for (; c <= channels - 64; c += 64) By64(x + c, w, y + c);
            if (V.Count >= 8)
                for (; c <= channels - 32; c += 32) By32(x + c, w, y + c);
            if (V.Count >= 4)
            {
                for (; c <= channels - 16; c += 16) By16(x + c, w, y + c);
                // The rest together with bytes that are done: once more they are the same.
                if (c < channels && channels >= 8)
                {
                    if (channels >= 16) By16(x + channels - 16, w, y + channels - 16);
                    else
                    {
                        By8(x, w, y);
                        By8(x + channels - 8, w, y + channels - 8);
                    }
                    return;
                }
            }
            for (; c < channels; c++) Single(x + c, w, y + c);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void By64(T* x, in PoolWindow w, T* y)
        {
            Vector512<T> m = Vector512.Create(T.MinValue);
            for (nint d = 0; d < w.Depth; d++)
                for (nint h = 0; h < w.Height; h++)
                {
                    T* p = x + d * w.DepthStride + h * w.HeightStride;
                    for (nint k = 0; k < w.Width; k++, p += w.WidthStride) m = Vector512.Max(m, Vector512.Load(p));
                }
            m.Store(y);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void By32(T* x, in PoolWindow w, T* y)
        {
            Vector256<T> m = Vector256.Create(T.MinValue);
            for (nint d = 0; d < w.Depth; d++)
                for (nint h = 0; h < w.Height; h++)
                {
                    T* p = x + d * w.DepthStride + h * w.HeightStride;
                    for (nint k = 0; k < w.Width; k++, p += w.WidthStride) m = Vector256.Max(m, Vector256.Load(p));
                }
            m.Store(y);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void By16(T* x, in PoolWindow w, T* y)
        {
            Vector128<T> m = Vector128.Create(T.MinValue);
            for (nint d = 0; d < w.Depth; d++)
                for (nint h = 0; h < w.Height; h++)
                {
                    T* p = x + d * w.DepthStride + h * w.HeightStride;
                    for (nint k = 0; k < w.Width; k++, p += w.WidthStride) m = Vector128.Max(m, Vector128.Load(p));
                }
            m.Store(y);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void By8(T* x, in PoolWindow w, T* y)
        {
            Vector128<T> m = Vector128.Create(T.MinValue);
            for (nint d = 0; d < w.Depth; d++)
                for (nint h = 0; h < w.Height; h++)
                {
                    T* p = x + d * w.DepthStride + h * w.HeightStride;
                    for (nint k = 0; k < w.Width; k++, p += w.WidthStride) m = Vector128.Max(m, Vector128.CreateScalarUnsafe(*(ulong*)p).As<ulong, T>());
                }
            *(ulong*)y = m.AsUInt64().ToScalar();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Single(T* x, in PoolWindow w, T* y)
        {
            T m = T.MinValue;
            for (nint d = 0; d < w.Depth; d++)
                for (nint h = 0; h < w.Height; h++)
                {
                    T* p = x + d * w.DepthStride + h * w.HeightStride;
                    for (nint k = 0; k < w.Width; k++, p += w.WidthStride) m = *p > m ? *p : m;
                }
            *y = m;
        }
    }
}
