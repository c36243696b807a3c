using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Normalization;

/// <summary>Local response normalisation of float32 across channels. Immutable, free of locks.</summary>
public abstract unsafe class LocalResponse
{
    public abstract string Name { get; }

    /// <summary>
    /// <c>y = x / (bias + alpha · Σ x²)^beta</c>, the sum over the channels from <paramref name="before"/> in front of an
    /// element's own to <paramref name="after"/> behind it, as far as they exist.
    /// </summary>
    /// <param name="x"><c>[outer, channels, inner]</c></param>
    /// <param name="y">As x, which it does not overlap.</param>
    /// <param name="outer">Size of the first axis.</param>
    /// <param name="channels">Size of the second.</param>
    /// <param name="inner">Size of the third.</param>
    /// <param name="before">Channels in front.</param>
    /// <param name="after">Channels behind.</param>
    /// <param name="alpha">Factor of the sum.</param>
    /// <param name="beta">Exponent.</param>
    /// <param name="bias">Added to the sum.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void Run(float* x, float* y, nint outer, nint channels, nint inner, int before, int after, float alpha, float beta, float bias, WorkerPool pool);
}

internal sealed unsafe class LocalResponse<V>(string isa) : LocalResponse
    where V : unmanaged, IVectorF32<V>
{
    public override string Name { get; } = $"local_response_f32_{isa}";

    public override void Run(float* x, float* y, nint outer, nint channels, nint inner, int before, int after, float alpha, float beta, float bias, WorkerPool pool)
    {
        var job = new Job { X = x, Y = y, Channels = channels, Inner = inner, Planes = outer * channels, Before = before, After = after, Alpha = alpha, Beta = beta, Bias = bias };
        job.PerChunk = nint.Max(1, Grain.Heavy / 4 / nint.Max(1, inner));
        pool.Run(ref job, Grain.Chunks(job.Planes, job.PerChunk));
    }

    private struct Job : IParallelJob
    {
        public float* X;
        public float* Y;
        public nint Channels;
        public nint Inner;
        public nint Planes;
        public nint PerChunk;
        public int Before;
        public int After;
        public float Alpha;
        public float Beta;
        public float Bias;

        public readonly void Execute(int chunk)
        {
            nint end = nint.Min(Planes, (chunk + 1) * PerChunk);
            for (nint p = chunk * PerChunk; p < end; p++)
            {
                nint c = p % Channels, first = nint.Max(0, c - Before), last = nint.Min(Channels - 1, c + After);
                Plane(X + p * Inner, Y + p * Inner, Inner, first - c, last - c, this);
            }
        }
    }

    [MethodImpl(Compile.Alone)]
    private static void Plane(float* x, float* y, nint n, nint first, nint last, in Job job)
    {
        nint i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            V sum = V.Splat(0);
            for (nint k = first; k <= last; k++)
            {
                V v = V.Load(x + k * n + i);
                sum += v * v;
            }

            (V.Splat(job.Bias) + V.Splat(job.Alpha) * sum).Store(y + i);
        }

        for (; i < n; i++)
        {
            float sum = 0;
            for (nint k = first; k <= last; k++) sum += x[k * n + i] * x[k * n + i];
            y[i] = job.Bias + job.Alpha * sum;
        }

        Divide(x, y, n, job.Beta);
    }

    /// <summary><c>y = x / y^beta</c>; the powers ½ and ¾ by square roots.</summary>
    [MethodImpl(Compile.Alone)]
    private static void Divide(float* x, float* y, nint n, float beta)
    {
        nint i = 0;
        if (beta is 0.5f or 0.75f)
        {
            bool quarters = beta == 0.75f;
            for (; i <= n - V.Count; i += V.Count)
            {
                V root = V.Sqrt(V.Load(y + i));
                (V.Load(x + i) / (quarters ? root * V.Sqrt(root) : root)).Store(y + i);
            }

            for (; i < n; i++)
            {
                float root = MathF.Sqrt(y[i]);
                y[i] = x[i] / (quarters ? root * MathF.Sqrt(root) : root);
            }

            return;
        }

        for (; i < n; i++) y[i] = x[i] / Power.Pow(y[i], beta);
    }
}
