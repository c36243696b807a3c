using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;
using Edge.Kernels.Reduction;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Normalization;

/// <summary>
/// Layer, RMS, group and instance normalisation of float32: each row is a set of its own. Immutable, free of locks.
/// </summary>
public abstract unsafe class RowNormalization
{
    public abstract string Name { get; }

    /// <summary>
    /// <c>y = (t − m) · v · scale + bias</c> for each row, where t is x, or x + skip + skipBias; m is the mean of the row, or 0
    /// without <paramref name="centre"/>; <c>v = 1 / √(Σ (t − m)² / length + epsilon)</c>.
    /// </summary>
    /// <param name="layout">The rows.</param>
    /// <param name="centre">Whether the mean is taken away.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="operands">What is read and written.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void Run(in RowLayout layout, bool centre, double epsilon, in RowOperands operands, WorkerPool pool);
}

/// <summary>What the rows of a normalisation are, and which parameters belong to their elements.</summary>
/// <param name="Rows">Sets.</param>
/// <param name="Length">Elements of a set; they are neighbours.</param>
/// <param name="Inner">Neighbours that share a scale and a bias.</param>
/// <param name="Period">Rows after which the parameters begin anew: there are <c>Period · Length / Inner</c> of each.</param>
public readonly record struct RowLayout(nint Rows, nint Length, nint Inner, nint Period);

/// <summary>The memory of a row normalisation.</summary>
public unsafe struct RowOperands
{
    /// <summary>The argument.</summary>
    public float* X { get; set; }

    /// <summary>Added to the argument, <see cref="SkipRows"/> rows over and over; null for nothing.</summary>
    public float* Skip { get; set; }

    /// <summary>Rows of <see cref="Skip"/>.</summary>
    public nint SkipRows { get; set; }

    /// <summary>One row, added to the argument; null for nothing. Only read where <see cref="Skip"/> is given.</summary>
    public float* SkipBias { get; set; }

    /// <summary>Null for 1; given where <see cref="RowLayout.Inner"/> is 1.</summary>
    public float* Scale { get; set; }

    /// <summary>Null for 0.</summary>
    public float* Bias { get; set; }

    /// <summary>The result; may be <see cref="X"/>.</summary>
    public float* Y { get; set; }

    /// <summary>Where what was normalised goes, x + skip + skipBias; null if nobody asks.</summary>
    public float* Sum { get; set; }

    /// <summary>Where the mean of each row goes; null if nobody asks.</summary>
    public float* Mean { get; set; }

    /// <summary>Where v of each row goes; null if nobody asks.</summary>
    public float* InverseDeviation { get; set; }
}

internal sealed unsafe class RowNormalization<V>(string isa) : RowNormalization
    where V : unmanaged, IVectorF32<V>
{
    /// <summary>Neighbours that are summed in float32; longer rows are the sums of such blocks in float64.</summary>
    private const int Block = 4096;

    public override string Name { get; } = $"normalize_rows_f32_{isa}";

    public override void Run(in RowLayout layout, bool centre, double epsilon, in RowOperands operands, WorkerPool pool)
    {
        var job = new Job { Layout = layout, Centre = centre, Epsilon = epsilon, Operands = operands };
        job.PerChunk = nint.Max(1, Grain.Heavy / nint.Max(1, layout.Length));
        pool.Run(ref job, Grain.Chunks(layout.Rows, job.PerChunk));
    }

    private struct Job : IParallelJob
    {
        public RowLayout Layout;
        public RowOperands Operands;
        public double Epsilon;
        public nint PerChunk;
        public bool Centre;

        public readonly void Execute(int chunk)
        {
            nint end = nint.Min(Layout.Rows, (chunk + 1) * PerChunk);
            for (nint row = chunk * PerChunk; row < end; row++) Row(row);
        }

        private readonly void Row(nint row)
        {
            nint n = Layout.Length;
            float* x = Operands.X + row * n, y = Operands.Y + row * n;
            if (Operands.Skip is not null)
            {
                float* sum = Operands.Sum is null ? y : Operands.Sum + row * n;
                Add(x, Operands.Skip + row % Operands.SkipRows * n, Operands.SkipBias, sum, n);
                x = sum;
            }

            Moments(x, n, Centre, Epsilon, out float mean, out float inverse);
            if (Operands.Mean is not null) Operands.Mean[row] = mean;
            if (Operands.InverseDeviation is not null) Operands.InverseDeviation[row] = inverse;
            nint channels = n / nint.Max(1, Layout.Inner), first = row % Layout.Period * channels;
            float* scale = Operands.Scale is null ? null : Operands.Scale + first;
            float* bias = Operands.Bias is null ? null : Operands.Bias + first;
            if (Layout.Inner == 1 && scale is not null) Elements(x, y, n, mean, inverse, scale, bias);
            else
                for (nint c = 0; c < channels; c++)
                    Channel(x + c * Layout.Inner, y + c * Layout.Inner, Layout.Inner, mean, inverse, scale is null ? 1 : scale[c], bias is null ? 0 : bias[c]);
        }
    }

    [MethodImpl(Compile.Alone)]
    private static void Add(float* x, float* skip, float* bias, float* sum, nint n)
    {
        nint i = 0;
        if (bias is null)
        {
            for (; i <= n - V.Count; i += V.Count) (V.Load(x + i) + V.Load(skip + i)).Store(sum + i);
            for (; i < n; i++) sum[i] = x[i] + skip[i];
            return;
        }

        for (; i <= n - V.Count; i += V.Count) (V.Load(x + i) + V.Load(skip + i) + V.Load(bias + i)).Store(sum + i);
        for (; i < n; i++) sum[i] = x[i] + skip[i] + bias[i];
    }

    [MethodImpl(Compile.Alone)]
    private static void Moments(float* x, nint n, bool centre, double epsilon, out float mean, out float inverse)
    {
        mean = 0;
        if (centre)
        {
            double sum = 0;
            for (nint i = 0; i < n; i += Block) sum += Partials.Reduce<SumReduction, V>(x + i, nint.Min(Block, n - i));
            mean = (float)(sum / n);
        }

        double squares = 0;
        for (nint i = 0; i < n; i += Block) squares += SquaredDistances(x + i, nint.Min(Block, n - i), mean);
        inverse = (float)(1 / Math.Sqrt(squares / n + epsilon));
    }

    /// <summary>Σ (x − mean)² in the order of <see cref="Partials"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SquaredDistances(float* x, nint n, float mean)
    {
        float* partial = stackalloc float[Partials.Count];
        nint whole = n & ~(nint)(Partials.Count - 1);
        V m = V.Splat(mean);
        for (int k = 0; k < Partials.Count; k += V.Count)
        {
            V p = V.Splat(0);
            for (nint i = k; i < whole; i += Partials.Count)
            {
                V d = V.Load(x + i) - m;
                p += d * d;
            }

            p.Store(partial + k);
        }

        for (nint i = whole; i < n; i++)
        {
            float d = x[i] - mean;
            partial[i - whole] += d * d;
        }

        return Partials.Join<SumReduction>(partial);
    }

    [MethodImpl(Compile.Alone)]
    private static void Elements(float* x, float* y, nint n, float mean, float inverse, float* scale, float* bias)
    {
        V m = V.Splat(mean), v = V.Splat(inverse);
        nint i = 0;
        if (bias is null)
        {
            for (; i <= n - V.Count; i += V.Count) ((V.Load(x + i) - m) * v * V.Load(scale + i)).Store(y + i);
            for (; i < n; i++) y[i] = (x[i] - mean) * inverse * scale[i];
            return;
        }

        for (; i <= n - V.Count; i += V.Count) ((V.Load(x + i) - m) * v * V.Load(scale + i) + V.Load(bias + i)).Store(y + i);
        for (; i < n; i++) y[i] = (x[i] - mean) * inverse * scale[i] + bias[i];
    }

    [MethodImpl(Compile.Alone)]
    private static void Channel(float* x, float* y, nint n, float mean, float inverse, float scale, float bias)
    {
        V m = V.Splat(mean), v = V.Splat(inverse), s = V.Splat(scale), b = V.Splat(bias);
        nint i = 0;
        for (; i <= n - V.Count; i += V.Count) ((V.Load(x + i) - m) * v * s + b).Store(y + i);
        for (; i < n; i++) y[i] = (x[i] - mean) * inverse * scale + bias;
    }
}
