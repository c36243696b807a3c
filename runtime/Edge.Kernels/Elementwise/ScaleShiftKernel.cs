using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Elementwise;

/// <summary>An affine function of float32 numbers for each channel: what batch normalization comes to. Immutable, free of locks.</summary>
public abstract unsafe class ScaleShiftKernel
{
    public abstract string Name { get; }

    /// <summary><c>y[o,c,i] = x[o,c,i] · scale[c] + shift[c]</c>, each operation rounded; <paramref name="y"/> may be <paramref name="x"/>.</summary>
    /// <param name="x"><c>[outer, channels, inner]</c></param>
    /// <param name="scale"><c>[channels]</c></param>
    /// <param name="shift"><c>[channels]</c></param>
    /// <param name="y">As x.</param>
    /// <param name="outer">Repetitions of all channels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Neighbours that share a channel.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void Run(float* x, float* scale, float* shift, float* y, nint outer, nint channels, nint inner, WorkerPool pool);
}

internal sealed unsafe class ScaleShiftKernel<V>(string isa) : ScaleShiftKernel
    where V : unmanaged, IVectorF32<V>
{
    public override string Name { get; } = $"scale_shift_f32_{isa}";

    public override void Run(float* x, float* scale, float* shift, float* y, nint outer, nint channels, nint inner, WorkerPool pool)
    {
        // A row is all channels where they are neighbours, else one channel.
        bool neighbours = inner == 1;
        var job = new Job { X = x, Y = y, Scale = scale, Shift = shift, Channels = channels, Neighbours = neighbours };
        job.Length = neighbours ? channels : inner;
        job.Rows = neighbours ? outer : outer * channels;
        job.RowsPerChunk = nint.Max(1, Grain.Light / nint.Max(1, job.Length));
        pool.Run(ref job, Grain.Chunks(job.Rows, job.RowsPerChunk));
    }

    private struct Job : IParallelJob
    {
        public float* X;
        public float* Y;
        public float* Scale;
        public float* Shift;
        public nint Channels;
        public nint Length;
        public nint Rows;
        public nint RowsPerChunk;
        public bool Neighbours;

        public readonly void Execute(int chunk)
        {
            nint end = nint.Min(Rows, (chunk + 1) * RowsPerChunk);
            for (nint row = chunk * RowsPerChunk; row < end; row++)
            {
                nint c = row % Channels;
                if (Neighbours) AllChannels(X + row * Length, Scale, Shift, Y + row * Length, Length);
                else OneChannel(X + row * Length, V.Splat(Scale[c]), V.Splat(Shift[c]), Y + row * Length, Length);
            }
        }
    }

    [MethodImpl(Compile.Alone)]
    private static void AllChannels(float* x, float* scale, float* shift, float* y, nint n)
    {
        nint i = 0;
        for (; i <= n - V.Count; i += V.Count) (V.Load(x + i) * V.Load(scale + i) + V.Load(shift + i)).Store(y + i);
        int rest = (int)(n - i);
        if (rest > 0) (V.LoadFirst(x + i, rest) * V.LoadFirst(scale + i, rest) + V.LoadFirst(shift + i, rest)).StoreFirst(y + i, rest);
    }

    [MethodImpl(Compile.Alone)]
    private static void OneChannel(float* x, V scale, V shift, float* y, nint n)
    {
        nint i = 0;
        for (; i <= n - V.Count; i += V.Count) (V.Load(x + i) * scale + shift).Store(y + i);
        int rest = (int)(n - i);
        if (rest > 0) (V.LoadFirst(x + i, rest) * scale + shift).StoreFirst(y + i, rest);
    }
}
