using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Pooling;

/// <summary>The greatest element of each window, line by line.</summary>
internal sealed unsafe class MaxPool<V>(in PoolGeometry geometry, string name) : PoolKernel
    where V : unmanaged, IVectorF32<V>
{
    private readonly PoolLines _lines = new(geometry);

    public override string Name { get; } = name;

    public override void Run(void* x, void* y, WorkerPool pool) => _lines.Run<float, Greatest>((float*)x, (float*)y, pool);

    public override int LinePixels => _lines.LinePixels;

    public override void RunLines(void* x, void* y, nint first, nint lines) => _lines.RunLines<float, Greatest>((float*)x, (float*)y, first, first + lines);

    private readonly struct Greatest : IFold<float>
    {
        public static float None => float.NegativeInfinity;

        [MethodImpl(Compile.Alone)]
        public static void Three(float* a, nint aStep, float* b, float* c, float* y, in FoldRuns runs)
        {
            nint length = runs.Length, step = runs.Step;
            V least = V.Splat(None);
            for (nint run = runs.Count; run > 0; run--, a += aStep, b += step, c += step, y += length)
            {
                nint i = 0;
                for (; i <= length - V.Count; i += V.Count) Greater(Greater(Greater(least, V.Load(a + i)), V.Load(b + i)), V.Load(c + i)).Store(y + i);
                if (i == length) continue;
                if (length >= V.Count)
                {
                    // The rest together with elements that are done: once more they are the same.
                    i = length - V.Count;
                    Greater(Greater(Greater(least, V.Load(a + i)), V.Load(b + i)), V.Load(c + i)).Store(y + i);
                    continue;
                }

                int few = (int)length;
                Greater(Greater(Greater(least, V.LoadFirst(a, few)), V.LoadFirst(b, few)), V.LoadFirst(c, few)).StoreFirst(y, few);
            }
        }

        /// <summary>What was there first stays where the next one is NaN, or equal.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Greater(V first, V next) => V.Greater(next, first);
    }
}
