using System.Diagnostics;
using Edge.Benchmarks.Measuring;
using Edge.Kernels.Dense;

namespace Edge.Benchmarks.Kernels;

/// <summary>What an instruction reaches on one core.</summary>
/// <param name="Instruction">The instruction, or the sequence.</param>
/// <param name="OperationsPerSecond">Two for each multiply-accumulate.</param>
internal readonly record struct Peak(string Instruction, double OperationsPerSecond);

/// <summary>
/// The bounds that kernels are held against, measured on the core that runs them.
/// </summary>
/// <remarks>
/// A dense layer's bound is the peak of its kernel's multiply-add instruction (<see cref="PeakLoops"/>): FMA for float32; for 8 bits
/// VPDPBUSD, SDOT or SMMLA where the set has it, elsewhere VPMADDWD on widened bytes with the addition of its result, or SMULL and SMLAL
/// with SADALP.
/// A depthwise layer's bound is the lower of two. First, its multiply-adds at the peak of the sequence that it needs: FMA, or for 8 bits
/// VPMADDWD with an addition on bytes widened to 16 bits, two taps an instruction, which no set avoids, since a channel's taps do not lie
/// beside each other. Second, its tensors, input and output once each, at the bandwidth of copying as many bytes between two buffers of
/// their sizes, so that the copy lives at the cache level where the tensors do.
/// </remarks>
internal sealed class Peaks
{
    private readonly Dictionary<string, Peak> _peaks = [];
    private readonly Dictionary<(long, long), double> _copySeconds = [];

    /// <summary>The peak that a layer of a kernel set is held against.</summary>
    /// <param name="set">Name of the set.</param>
    /// <param name="int8">8 bits, or float32.</param>
    /// <param name="depthwise">Whether bytes have to be widened.</param>
    public Peak Of(string set, bool int8, bool depthwise) => (set, int8, depthwise) switch
    {
        ("avx512vnni" or "avx512", false, _) => Get("FMA 512", PeakLoops.Fma512, 16),
        ("avxvnni" or "avx2", false, _) => Get("FMA 256", PeakLoops.Fma256, 8),
        ("neon" or "dotprod" or "i8mm", false, _) => Get("FMLA 128", PeakLoops.Fma128, 4),
        (_, false, _) => Get("MULPS+ADDPS 128", PeakLoops.MultiplyAdd128, 4),
        ("avx512vnni", true, false) => Get("VPDPBUSD 512", PeakLoops.DotProduct512, 64, PeakLoops.EmittedSums),
        ("avx512vnni" or "avx512", true, _) => Get("VPMADDWD+VPADDD 512", PeakLoops.MultiplyPairs512, 32),
        ("avxvnni", true, false) => Get("VPDPBUSD 256", PeakLoops.DotProduct256, 32),
        ("avxvnni" or "avx2", true, _) => Get("VPMADDWD+VPADDD 256", PeakLoops.MultiplyPairs256, 16),
        ("i8mm", true, false) => Get("SMMLA 128", PeakLoops.MatrixProductArm, 32, PeakLoops.EmittedSums),
        ("dotprod", true, false) => Get("SDOT 128", PeakLoops.DotProductArm, 16),
        ("neon", true, false) => Get("SMULL+SMLAL+SADALP 128", PeakLoops.MultiplyTwiceArm, 16),
        ("neon" or "dotprod" or "i8mm", true, _) => Get("SMULL+SADALP 128", PeakLoops.MultiplyWideningArm, 8),
        _ => Get("PMADDWD+PADDD 128", PeakLoops.MultiplyPairs128, 8),
    };

    /// <summary>The least seconds that a layer can take on one core, and by what.</summary>
    public (double Seconds, string Bound) Least(string set, in ConvGeometry g, bool int8)
    {
        bool depthwise = g.Group > 1;
        Peak peak = Of(set, int8, depthwise);
        double compute = 2.0 * g.Macs / peak.OperationsPerSecond;
        if (!depthwise) return (compute, peak.Instruction);
        int element = int8 ? 1 : sizeof(float);
        double copy = CopySeconds((long)g.InHeight * g.InWidth * g.InChannels * element, (long)g.OutHeight * g.OutWidth * g.OutChannels * element);
        return copy > compute ? (copy, "loads and stores") : (compute, peak.Instruction);
    }

    private Peak Get(string name, Func<int, float> loop, int macs, int sums = PeakLoops.Sums)
    {
        if (_peaks.TryGetValue(name, out Peak known)) return known;
        const int Turns = 200_000;
        loop(Turns);
        // The best of several: whatever disturbs makes it slower only.
        double best = Enumerable.Range(0, 15).Min(_ =>
        {
            double start = ThreadClock.Now(oneThread: true);
            loop(Turns);
            return ThreadClock.Now(oneThread: true) - start;
        });
        return _peaks[name] = new Peak(name, 2.0 * macs * sums * Turns / best);
    }

    /// <summary>Reads <paramref name="read"/> bytes and writes <paramref name="write"/>: a copy of the smaller, and the rest at the same speed.</summary>
    private double CopySeconds(long read, long write)
    {
        if (_copySeconds.TryGetValue((read, write), out double known)) return known;
        int bytes = (int)((read + write) / 2);
        byte[] from = new byte[bytes], to = new byte[bytes];
        int repeats = Math.Max(1, 4_000_000 / bytes);
        double best = double.PositiveInfinity;
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalMilliseconds < 30;)
        {
            double start = ThreadClock.Now(oneThread: true);
            for (int i = 0; i < repeats; i++) from.AsSpan().CopyTo(to);
            best = Math.Min(best, (ThreadClock.Now(oneThread: true) - start) / repeats);
        }
        return _copySeconds[(read, write)] = best;
    }
}
