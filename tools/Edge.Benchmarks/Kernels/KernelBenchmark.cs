using Edge.Benchmarks.Measuring;
using Edge.Benchmarks.Reporting;
using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Threading;

namespace Edge.Benchmarks.Kernels;

/// <param name="Isas">Kernel sets; all available ones if empty.</param>
/// <param name="Only">Part of the names of the rows to measure.</param>
/// <param name="Threads">Threads of a run.</param>
/// <param name="Slices">Turns of each contender.</param>
/// <param name="AllMethods">Whether convolutions are measured in every way in which they can be computed, the chosen one first.</param>
/// <param name="AgainstOnnxRuntime">Whether ONNX Runtime takes part.</param>
internal sealed record KernelBenchmarkOptions(string[] Isas, string Only, int Threads, int Slices, bool AllMethods, bool AgainstOnnxRuntime);

/// <summary>What was measured of one shape.</summary>
/// <param name="Shape">Its name.</param>
/// <param name="Type"><c>f32</c> or <c>int8</c>.</param>
/// <param name="Kernel">The kernel's name, or ONNX Runtime.</param>
/// <param name="Microseconds">A layer.</param>
/// <param name="GigaOperations">A second, two for each multiply-accumulate.</param>
/// <param name="Share">Of what one core can reach, times the threads; null where the bound is not known.</param>
/// <param name="Bound">What limits it; see <see cref="Peaks"/>.</param>
/// <param name="OnnxRuntimeRatio">ONNX Runtime's time to ours; null where it did not take part.</param>
internal sealed record KernelResult(string Shape, string Type, string Kernel, double Microseconds, double GigaOperations, double? Share, string? Bound, double? OnnxRuntimeRatio);

/// <summary>Layers one by one: a row for each shape, type and kernel set; medians of interleaved slices.</summary>
internal static class KernelBenchmark
{
    public static Report Run(KernelBenchmarkOptions options)
    {
        KernelSet[] sets = options.Isas.Length == 0 ? [.. KernelCatalog.Available.Where(s => s.Name != "scalar")] : [.. options.Isas.Select(KernelCatalog.Select)];
        var report = new Report("kernels", "Kernels",
            $"{options.Threads} thread(s), medians of interleaved slices; GOP/s: 10⁹ operations (2 a multiply-accumulate) a second; share: of the measured peak of the kernel's instruction, of depthwise layers of the lower of that and the bandwidth of their tensors (the tool's Peaks says how).").Begin();
        Affinity.Pin(options.Threads);
        var peaks = new Peaks();
        var table = report.Table("Layers", ("shape", -18), ("type", -5), ("kernel", -34), ("µs", 9), ("GOP/s", 8), ("share", 6), ("of", -20), ("× ONNX Runtime", 14));
        using var pool = new WorkerPool(options.Threads);
        var results = new List<KernelResult>();
        foreach (KernelShape shape in KernelShape.All)
            foreach (bool int8 in (bool[])[false, true])
            {
                string type = int8 ? "int8" : "f32";
                if (!$"{shape.Name} {type}".Contains(options.Only, StringComparison.OrdinalIgnoreCase)) continue;
                foreach (KernelResult r in Measure(shape, type, int8, sets, peaks, pool, options))
                {
                    results.Add(r);
                    table.Add(r.Shape, r.Type, r.Kernel, $"{r.Microseconds:F1}", $"{r.GigaOperations:F1}", $"{r.Share:P0}", r.Bound ?? "", $"{r.OnnxRuntimeRatio:F2}");
                }
            }
        var bounds = report.Table("Measured peaks of one core", ("instruction", -24), ("GOP/s", 9));
        foreach (Peak peak in sets.Where(s => s.Name != "scalar").SelectMany(s => (Peak[])[peaks.Of(s.Name, false, false), peaks.Of(s.Name, true, false), peaks.Of(s.Name, true, true)]).Distinct())
            bounds.Add(peak.Instruction, $"{peak.OperationsPerSecond / 1e9:F0}");
        Affinity.Release();
        report.Data("kernels", results);
        return report;
    }

    private static IEnumerable<ConvMethod?> Methods(KernelSet set, KernelShape shape, bool int8, KernelBenchmarkOptions options) =>
        options.AllMethods ? LayerChain.Methods(set, shape, int8).Select(m => (ConvMethod?)m) : [null];

    private static IEnumerable<KernelResult> Measure(KernelShape shape, string type, bool int8, KernelSet[] sets, Peaks peaks, WorkerPool pool, KernelBenchmarkOptions options)
    {
        (KernelSet Set, LayerChain Chain)[] chains = [.. sets.SelectMany(s => Methods(s, shape, int8, options).Select(m => (s, new LayerChain(s, shape, int8, m, pool))))];
        using OnnxRuntimeChain? other = options.AgainstOnnxRuntime && shape.Return is not null ? new OnnxRuntimeChain(shape, int8, options.Threads) : null;
        List<Action> contenders = [.. chains.Select(c => (Action)c.Chain.Run)];
        if (other is not null) contenders.AddRange([other.RunShort, other.RunLong]);
        double[] seconds = Interleaved.Medians(contenders, options.Slices, options.Threads == 1);
        double operations = LayerChain.Operations(shape);
        double? otherSeconds = other is null ? null : seconds[^1] - seconds[^2];
        for (int i = 0; i < chains.Length; i++)
        {
            (double Seconds, string Bound)? least = chains[i].Set.Name == "scalar" ? null : Least(peaks, chains[i].Set.Name, shape, int8);
            yield return new KernelResult(shape.Name, type, chains[i].Chain.KernelName, seconds[i] / LayerChain.Layers * 1e6, operations / seconds[i] / 1e9,
                least?.Seconds / seconds[i] / options.Threads, least?.Bound, otherSeconds / seconds[i]);
            chains[i].Chain.Dispose();
        }
        if (otherSeconds is { } s) yield return new KernelResult(shape.Name, type, "ONNX Runtime", s / LayerChain.Layers * 1e6, operations / s / 1e9, null, null, null);
    }

    /// <summary>The bound of a whole chain, whose layers alternate between the shape and its return.</summary>
    private static (double Seconds, string Bound) Least(Peaks peaks, string set, KernelShape shape, bool int8)
    {
        var (there, bound) = peaks.Least(set, shape.Geometry, int8);
        var (back, _) = peaks.Least(set, shape.Return ?? shape.Geometry, int8);
        return (LayerChain.Layers / 2 * (there + back), bound);
    }
}
