using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Pooling;

/// <summary>Sums of windows, divided or not: along the width, then over the height, then over the depth.</summary>
internal sealed unsafe class SumPool<V>(PoolFunction function, in PoolGeometry geometry, string name) : PoolKernel
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

        [MethodImpl(Compile.Alone)]
        private static void Four(float* x, in PoolWindow w, V count, float* y)
        {
            int n = V.Count;
            V start = V.Splat(0);
            V s0 = start, s1 = start, s2 = start, s3 = start;
            for (nint d = 0; d < w.Depth; d++)
                for (nint h = 0; h < w.Height; h++)
                {
                    float* p = x + d * w.DepthStride + h * w.HeightStride;
                    V r0 = start, r1 = start, r2 = start, r3 = start;
                    for (nint k = 0; k < w.Width; k++, p += w.WidthStride)
                    {
                        r0 += V.Load(p);
                        r1 += V.Load(p + n);
                        r2 += V.Load(p + 2 * n);
                        r3 += V.Load(p + 3 * n);
                    }
                    s0 += r0;
                    s1 += r1;
                    s2 += r2;
                    s3 += r3;
                }
            (s0 / count).Store(y);
            (s1 / count).Store(y + n);
            (s2 / count).Store(y + 2 * n);
            (s3 / count).Store(y + 3 * n);
        }

        [MethodImpl(Compile.Alone)]
        private static V One(float* x, in PoolWindow w, V count)
        {
            V start = V.Splat(0), s = start;
            for (nint d = 0; d < w.Depth; d++)
                for (nint h = 0; h < w.Height; h++)
                {
                    float* p = x + d * w.DepthStride + h * w.HeightStride;
                    V r = start;
                    for (nint k = 0; k < w.Width; k++, p += w.WidthStride) r += V.Load(p);
                    s += r;
                }
            return s / count;
        }

        /// <summary>The same for the first <paramref name="n"/> lanes.</summary>
        [MethodImpl(Compile.Alone)]
        private static V Rest(float* x, in PoolWindow w, V count, int n)
        {
            V start = V.Splat(0), s = start;
            for (nint d = 0; d < w.Depth; d++)
                for (nint h = 0; h < w.Height; h++)
                {
                    float* p = x + d * w.DepthStride + h * w.HeightStride;
                    V r = start;
                    for (nint k = 0; k < w.Width; k++, p += w.WidthStride) r += V.LoadFirst(p, n);
                    s += r;
                }
            return s / count;
        }
    }
}
