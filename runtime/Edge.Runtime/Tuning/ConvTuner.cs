using System.Diagnostics;
using Edge.Kernels.Dense;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Tuning;

/// <summary>
/// Chooses the ways of computing convolutions: where it may measure, as it was measured here, now or earlier; where not, as the
/// table of this kind of CPU says, and it leaves the rest to the estimate. Safe to use from several threads; measures one
/// convolution at a time.
/// </summary>
internal sealed unsafe class ConvTuner : IConvChoice
{
    /// <summary>The estimate's choice stays unless another is faster by more than noise.</summary>
    private const double Margin = 0.97;

    private const int WarmUps = 2, LeastRounds = 5, MostRounds = 60;

    private static readonly TimeSpan s_budget = TimeSpan.FromMilliseconds(40);

    private readonly Lock _gate = new();
    private readonly MethodTable _known;
    private readonly MethodTable _measured = new();
    private readonly TuningFile? _file;
    private readonly string _isa;
    private readonly WorkerPool _pool;

    /// <param name="isa">Name of the kernel set.</param>
    /// <param name="pool">The threads that will run the convolutions, not in use while something is measured.</param>
    /// <param name="file">Where measurements are remembered; null not to measure, and to rely on the table.</param>
    public ConvTuner(string isa, WorkerPool pool, TuningFile? file)
    {
        _isa = isa;
        _pool = pool;
        _file = file;
        _known = file is null ? BuiltInMethods.Of(CpuKind.Local) : file.Read();
    }

    /// <summary>Convolutions that were measured and are not saved yet.</summary>
    public int Measured
    {
        get
        {
            lock (_gate) return _measured.Count;
        }
    }

    public ConvMethod Choose(in ConvGeometry geometry, IReadOnlyList<ConvMethod> methods, DenseKernels kernels)
    {
        string key = ConvKey.Of(CpuKind.Local, _isa, _pool.Threads, geometry);
        lock (_gate)
        {
            if ((_measured.Find(key) ?? _known.Find(key)) is { } found && methods.Contains(found)) return found;
            if (_file is null || geometry.Macs == 0) return methods[0];
            var (method, seconds) = Measure(geometry, methods, kernels);
            _measured.Set(key, method, seconds * 1e6);
            return method;
        }
    }

    /// <summary>Remembers what was measured since the last time.</summary>
    public void Save()
    {
        lock (_gate)
        {
            _file?.Add(_measured);
            _known.Merge(_measured);
            _measured.Clear();
        }
    }

    private (ConvMethod Method, double Seconds) Measure(in ConvGeometry g, IReadOnlyList<ConvMethod> methods, DenseKernels kernels)
    {
        // The numbers do not matter, but for denormal ones, which are slow.
        float[] weights = new float[(nint)g.OutChannels * g.InChannelsPerGroup * g.KernelHeight * g.KernelWidth];
        weights.AsSpan().Fill(0.01f);
        using var x = new Arena((nint)g.Batch * g.InHeight * g.InWidth * g.InChannels * sizeof(float));
        using var y = new Arena((nint)g.Batch * g.OutHeight * g.OutWidth * g.OutChannels * sizeof(float));
        new Span<float>(x.Base, checked((int)(x.ByteLength / sizeof(float)))).Fill(1);
        var kernelsOf = new PreparedConvF32[methods.Count];
        try
        {
            for (int i = 0; i < kernelsOf.Length; i++) kernelsOf[i] = kernels.PrepareConvF32(methods[i], g, weights, [], Kernels.Activation.None);
            using var scratch = new Arena(kernelsOf.Max(k => k.ScratchBytes));
            double[] best = Rounds(kernelsOf, (float*)x.Base, (float*)y.Base, scratch.Base);
            int fastest = 0;
            for (int i = 1; i < best.Length; i++)
                if (best[i] < best[fastest] && best[i] < best[0] * Margin) fastest = i;
            return (methods[fastest], best[fastest]);
        }
        finally
        {
            foreach (var kernel in kernelsOf) kernel?.Dispose();
        }
    }

    /// <summary>The median of each contender's runs, in seconds; they take turns.</summary>
    private double[] Rounds(PreparedConvF32[] contenders, float* x, float* y, byte* scratch)
    {
        var samples = contenders.Select(_ => new List<double>(MostRounds)).ToArray();
        long begin = 0;
        for (int round = -WarmUps; round < MostRounds && (round < LeastRounds || Stopwatch.GetElapsedTime(begin) < s_budget * contenders.Length); round++)
        {
            if (round == 0) begin = Stopwatch.GetTimestamp();
            for (int i = 0; i < contenders.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                contenders[i].Run(x, null, y, scratch, _pool);
                if (round >= 0) samples[i].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        return [.. samples.Select(s => s.Order().ElementAt(s.Count / 2))];
    }
}
