using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Pooling;

/// <summary>How float32 elements of a window are put together.</summary>
internal interface IPoolF32
{
    static abstract float Start { get; }

    static abstract V Combine<V>(V a, V b) where V : unmanaged, IVectorF32<V>;

    static abstract V Finish<V>(V sum, V count) where V : unmanaged, IVectorF32<V>;
}

/// <summary>The second operand stays where the first is NaN.</summary>
internal readonly struct MaxPoolF32 : IPoolF32
{
    public static float Start => float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V>(V a, V b) where V : unmanaged, IVectorF32<V> => V.Greater(b, a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V sum, V count) where V : unmanaged, IVectorF32<V> => sum;
}

internal readonly struct AveragePoolF32 : IPoolF32
{
    public static float Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V>(V a, V b) where V : unmanaged, IVectorF32<V> => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V sum, V count) where V : unmanaged, IVectorF32<V> => sum / count;
}

internal sealed unsafe class FloatPool<TOp, V>(PoolFunction function, in PoolGeometry geometry, string name) : PoolKernel
    where TOp : struct, IPoolF32
    where V : unmanaged, IVectorF32<V>
{
    private readonly PoolWindows _windows = new(function, geometry);

    public override string Name { get; } = name;

    public override void Run(void* x, void* y, WorkerPool pool) => _windows.Run(default(Routine), (float*)x, (float*)y, pool);

    private readonly struct Routine : IPoolRoutine<float>
    {
        public void Reduce(float* x, in PoolWindow window, float* y, nint channels)
        {
            V count = V.Splat(Math.Max(1, window.Count));
            nint c = 0;
            for (; c <= channels - 4 * V.Count; c += 4 * V.Count) Four(x + c, window, count, y + c);
            for (; c <= channels - V.Count; c += V.Count) One(x + c, window, count).Store(y + c);
            if (c < channels) Rest(x + c, window, count, (int)(channels - c)).StoreFirst(y + c, (int)(channels - c));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Four(float* x, in PoolWindow w, V count, float* y)
        {
            int n = V.Count;
            V start = V.Splat(TOp.Start);
            V s0 = start, s1 = start, s2 = start, s3 = start;
            for (nint d = 0; d < w.Depth; d++)
                for (nint h = 0; h < w.Height; h++)
                {
                    float* p = x + d * w.DepthStride + h * w.HeightStride;
                    V r0 = start, r1 = start, r2 = start, r3 = start;
                    for (nint k = 0; k < w.Width; k++, p += w.WidthStride)
                    {
                        r0 = TOp.Combine(r0, V.Load(p));
                        r1 = TOp.Combine(r1, V.Load(p + n));
                        r2 = TOp.Combine(r2, V.Load(p + 2 * n));
                        r3 = TOp.Combine(r3, V.Load(p + 3 * n));
                    }
                    s0 = TOp.Combine(s0, r0);
                    s1 = TOp.Combine(s1, r1);
                    s2 = TOp.Combine(s2, r2);
                    s3 = TOp.Combine(s3, r3);
                }
            TOp.Finish(s0, count).Store(y);
            TOp.Finish(s1, count).Store(y + n);
            TOp.Finish(s2, count).Store(y + 2 * n);
            TOp.Finish(s3, count).Store(y + 3 * n);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static V One(float* x, in PoolWindow w, V count)
        {
            V start = V.Splat(TOp.Start), s = start;
            for (nint d = 0; d < w.Depth; d++)
                for (nint h = 0; h < w.Height; h++)
                {
                    float* p = x + d * w.DepthStride + h * w.HeightStride;
                    V r = start;
                    for (nint k = 0; k < w.Width; k++, p += w.WidthStride) r = TOp.Combine(r, V.Load(p));
                    s = TOp.Combine(s, r);
                }
            return TOp.Finish(s, count);
        }

        /// <summary>The same for the first <paramref name="n"/> lanes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static V Rest(float* x, in PoolWindow w, V count, int n)
        {
            V start = V.Splat(TOp.Start), s = start;
            for (nint d = 0; d < w.Depth; d++)
                for (nint h = 0; h < w.Height; h++)
                {
                    float* p = x + d * w.DepthStride + h * w.HeightStride;
                    V r = start;
                    for (nint k = 0; k < w.Width; k++, p += w.WidthStride) r = TOp.Combine(r, V.LoadFirst(p, n));
                    s = TOp.Combine(s, r);
                }
            return TOp.Finish(s, count);
        }
    }
}
