using Edge.Benchmarks.Measuring;
using Edge.Benchmarks.Reporting;
using Edge.Kernels;
using Edge.Kernels.Threading;

namespace Edge.Benchmarks.WeightOnly;

/// <summary>What was measured of one product.</summary>
/// <param name="Shape">Its name.</param>
/// <param name="Kernel">The kernel's name.</param>
/// <param name="Microseconds">A product.</param>
/// <param name="WeightBytes">Of one product, packed.</param>
/// <param name="GigaBytes">Of weights, a second.</param>
/// <param name="Speedup">Of float32 weights' time.</param>
internal sealed record WeightOnlyResult(string Shape, string Kernel, double Microseconds, long WeightBytes, double GigaBytes, double Speedup);

/// <summary>float32 products whose weights stay integers of 8 or 4 bits in memory, against float32 weights.</summary>
internal static class WeightOnlyBenchmark
{
    public static Report Run(string[] isas, string only, int threads, int slices)
    {
        var report = new Report("weights", "Integer weights",
            $"{threads} thread(s), medians of interleaved slices, all three kinds of weights in turn; each product of a chain has weights of its own, 512 MB of float32 in all, 'cached': the same weights again and again. GB/s: of packed weights.").Begin();
        Affinity.Pin(threads);
        var table = report.Table("Products", ("shape", -20), ("kernel", -26), ("µs", 10), ("KB of weights", 13), ("GB/s", 7), ("× float32", 9));
        using var pool = new WorkerPool(threads);
        KernelSet[] sets = isas.Length == 0 ? [KernelCatalog.Select()] : [.. isas.Select(KernelCatalog.Select)];
        var results = new List<WeightOnlyResult>();
        foreach (KernelSet set in sets)
            foreach (WeightOnlyShape shape in WeightOnlyShape.All.Where(s => s.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
                foreach (WeightOnlyResult r in Measure(set, shape, pool, slices))
                {
                    results.Add(r);
                    table.Add(r.Shape, r.Kernel, $"{r.Microseconds:F1}", $"{r.WeightBytes / 1024.0:F0}", $"{r.GigaBytes:F1}", $"{r.Speedup:F2}");
                }
        Affinity.Release();
        report.Data("weights", results);
        return report;
    }

    private static IEnumerable<WeightOnlyResult> Measure(KernelSet set, WeightOnlyShape shape, WorkerPool pool, int slices)
    {
        WeightOnlyChain[] chains = [.. ((int[])[32, 8, 4]).Select(bits => new WeightOnlyChain(set, shape, bits, pool))];
        double[] seconds = Interleaved.Medians([.. chains.Select(c => (Action)c.Run)], slices, pool.Threads == 1);
        for (int i = 0; i < chains.Length; i++)
        {
            yield return new WeightOnlyResult(shape.Name, chains[i].KernelName, seconds[i] / shape.Layers * 1e6, chains[i].WeightBytes / shape.Layers, chains[i].WeightBytes / seconds[i] / 1e9, seconds[0] / seconds[i]);
            chains[i].Dispose();
        }
    }
}
