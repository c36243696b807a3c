using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Reduction;

/// <summary>Softmax of float32, relative to the greatest element. Immutable, free of locks.</summary>
public abstract unsafe class SoftmaxKernel
{
    public abstract string Name { get; }

    /// <summary>
    /// <c>y = e^(x − m) / Σ e^(x − m)</c> with m = max x, or its logarithm <c>(x − m) − ln Σ e^(x − m)</c>, along the second
    /// axis of <c>[outer, length, inner]</c>. A NaN, or ∞, makes its whole set NaN.
    /// </summary>
    /// <param name="x">The argument.</param>
    /// <param name="y">The result; may be <paramref name="x"/>.</param>
    /// <param name="outer">Size of the first axis.</param>
    /// <param name="length">Size of the second.</param>
    /// <param name="inner">Size of the third.</param>
    /// <param name="logarithm">LogSoftmax.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void Run(float* x, float* y, nint outer, nint length, nint inner, bool logarithm, WorkerPool pool);
}

internal sealed unsafe class SoftmaxKernel<V>(string isa) : SoftmaxKernel
    where V : unmanaged, IVectorF32<V>
{
    /// <summary>Elements of a set that is too small for a vector of its own: of two classes, say. Of all kernels, as sums have an order.</summary>
    private const int Few = 8;

    public override string Name { get; } = $"softmax_f32_{isa}";

    public override void Run(float* x, float* y, nint outer, nint length, nint inner, bool logarithm, WorkerPool pool)
    {
        if (length == 0) return;
        // Sets with neighbours in other sets go through vectors lane by lane, several sets at once.
        nint columns = inner == 1 ? 1 : (inner + V.Count - 1) / V.Count;
        var job = new Job { X = x, Y = y, Length = length, Inner = inner, Columns = columns, Pieces = outer * columns, Logarithm = logarithm };
        job.PerChunk = nint.Max(1, Grain.Heavy / length);
        pool.Run(ref job, Grain.Chunks(job.Pieces, job.PerChunk));
    }

    private struct Job : IParallelJob
    {
        public float* X;
        public float* Y;
        public nint Length;
        public nint Inner;
        public nint Columns;
        public nint Pieces;
        public nint PerChunk;
        public bool Logarithm;

        public readonly void Execute(int chunk)
        {
            nint end = nint.Min(Pieces, (chunk + 1) * PerChunk);
            if (Inner == 1 && Length <= Few)
            {
                for (nint i = chunk * PerChunk; i < end; i += V.Count)
                    SmallRows(X + i * Length, Y + i * Length, (int)Length, (int)nint.Min(V.Count, end - i), Logarithm);
                return;
            }

            for (nint i = chunk * PerChunk; i < end; i++)
            {
                nint at = i / Columns * Length * Inner + i % Columns * V.Count;
                if (Inner == 1) Row(X + i * Length, Y + i * Length, Length, Logarithm);
                else if (Inner - i % Columns * V.Count >= V.Count) Column<V>(X + at, Y + at, Length, Inner, Logarithm);
                else
                    for (nint c = 0; c < Inner - i % Columns * V.Count; c++) Column<VectorF32x1>(X + at + c, Y + at + c, Length, Inner, Logarithm);
            }
        }
    }

    /// <summary>Brings up to a vector of sets side by side, and their results back.</summary>
    [MethodImpl(Compile.Alone)]
    [SkipLocalsInit]
    private static void SmallRows(float* x, float* y, int n, int rows, bool logarithm)
    {
        float* columns = stackalloc float[Few * V.Count];
        for (int i = 0; i < n; i++)
            for (int r = 0; r < V.Count; r++) columns[i * V.Count + r] = x[(r < rows ? r : 0) * n + i];
        Column<V>(columns, columns, n, V.Count, logarithm);
        for (int i = 0; i < n; i++)
            for (int r = 0; r < rows; r++) y[r * n + i] = columns[i * V.Count + r];
    }

    [MethodImpl(Compile.Alone)]
    private static void Row(float* x, float* y, nint n, bool logarithm)
    {
        float max = Exponentials.Greatest<V>(x, n);
        // e^(x − m) goes to y, except where the logarithm still needs x and y may be it.
        float sum = logarithm ? SumOfExponentials(x, n, max) : Exponentials.Sum<V>(x, y, n, max);
        V m = V.Splat(max);
        if (logarithm)
        {
            float log;
            VectorMath.Log(VectorF32x1.Splat(sum)).Store(&log);
            V l = V.Splat(log);
            nint i = 0;
            for (; i <= n - V.Count; i += V.Count) (V.Load(x + i) - m - l).Store(y + i);
            for (; i < n; i++) y[i] = x[i] - max - log;
            return;
        }

        V s = V.Splat(sum);
        nint k = 0;
        for (; k <= n - V.Count; k += V.Count) (V.Load(y + k) / s).Store(y + k);
        for (; k < n; k++) y[k] /= sum;
    }

    [MethodImpl(Compile.Alone)]
    private static float SumOfExponentials(float* x, nint n, float max)
    {
        float* partial = stackalloc float[Partials.Count];
        new Span<float>(partial, Partials.Count).Clear();
        float e;
        for (nint i = 0; i < n; i++)
        {
            VectorMath.Exp(VectorF32x1.Load(x + i) - VectorF32x1.Splat(max)).Store(&e);
            partial[i % Partials.Count] += e;
        }

        return Partials.Join<SumReduction>(partial);
    }

    /// <summary>As many sets side by side as vector <typeparamref name="W"/> has lanes, <paramref name="stride"/> elements from row to row.</summary>
    [MethodImpl(Compile.Alone)]
    private static void Column<W>(float* x, float* y, nint n, nint stride, bool logarithm) where W : unmanaged, IVectorF32<W>
    {
        W max = W.Splat(float.NegativeInfinity);
        for (nint i = 0; i < n; i++) max = MaxReduction.Step(max, W.Load(x + i * stride));
        W sum = W.Splat(0);
        for (nint i = 0; i < n; i++)
        {
            W e = VectorMath.Exp(W.Load(x + i * stride) - max);
            sum += e;
            if (!logarithm) e.Store(y + i * stride);
        }

        W log = VectorMath.Log(sum);
        for (nint i = 0; i < n; i++)
            (logarithm ? W.Load(x + i * stride) - max - log : W.Load(y + i * stride) / sum).Store(y + i * stride);
    }
}
