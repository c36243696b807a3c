using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Reduction;

/// <summary>
/// Reduces <c>[outer, length, inner]</c> float32 along its second axis: along neighbours in 16 partial results where
/// <c>inner</c> is 1, else with <c>inner</c> in the lanes, row after row.
/// </summary>
internal sealed unsafe class ReduceF32<TOp, V>(ReductionGeometry geometry, string name) : ReduceKernel
    where TOp : struct, IReduction
    where V : unmanaged, IVectorF32<V>
{
    /// <summary>Lanes of one piece of work: several vectors of every width.</summary>
    private const int Strip = 64;

    public override string Name { get; } = name;

    public override void Run(void* x, void* y, WorkerPool pool)
    {
        int strips = geometry.Inner == 1 ? 1 : (geometry.Inner + Strip - 1) / Strip;
        nint pieces = (nint)geometry.Outer * strips;
        nint cost = (nint)geometry.Length * Math.Min(geometry.Inner, Strip);
        var job = new Job { X = (float*)x, Y = (float*)y, Length = geometry.Length, Inner = geometry.Inner, Strips = strips, Pieces = pieces };
        job.PerChunk = nint.Max(1, Grain.Light / nint.Max(1, cost));
        pool.Run(ref job, Grain.Chunks(pieces, job.PerChunk));
    }

    private struct Job : IParallelJob
    {
        public float* X;
        public float* Y;
        public nint Length;
        public nint Inner;
        public nint Strips;
        public nint Pieces;
        public nint PerChunk;

        public readonly void Execute(int chunk)
        {
            nint end = nint.Min(Pieces, (chunk + 1) * PerChunk);
            for (nint i = chunk * PerChunk; i < end; i++)
            {
                if (Inner == 1) Row(X + i * Length, Y + i, Length);
                else Columns(X + i / Strips * Length * Inner + i % Strips * Strip, Y + i / Strips * Inner + i % Strips * Strip,
                    Length, Inner, nint.Min(Strip, Inner - i % Strips * Strip));
            }
        }
    }

    [MethodImpl(Compile.Alone)]
    private static void Row(float* x, float* y, nint length)
    {
        float r = Partials.Reduce<TOp, V>(x, length);
        TOp.Finish(VectorF32x1.Splat(r), length).Store(y);
    }

    [MethodImpl(Compile.Alone)]
    private static void Columns(float* x, float* y, nint length, nint inner, nint width)
    {
        nint c = 0;
        for (; c <= width - V.Count; c += V.Count)
        {
            V p = V.Splat(TOp.Start);
            for (nint i = 0; i < length; i++) p = TOp.Step(p, V.Load(x + i * inner + c));
            TOp.Finish(p, length).Store(y + c);
        }

        for (; c < width; c++)
        {
            var p = VectorF32x1.Splat(TOp.Start);
            for (nint i = 0; i < length; i++) p = TOp.Step(p, VectorF32x1.Load(x + i * inner + c));
            TOp.Finish(p, length).Store(y + c);
        }
    }
}
