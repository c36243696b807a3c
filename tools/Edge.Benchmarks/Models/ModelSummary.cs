using Edge.Benchmarks.Measuring;
using Edge.Benchmarks.Reporting;

namespace Edge.Benchmarks.Models;

/// <summary>What follows from the results of single files: means, 8-bit forms against each other and against float32, a chart.</summary>
internal static class ModelSummary
{
    public static void Add(Report report, IReadOnlyList<ModelResult> results)
    {
        if (results.Count == 0) return;
        Means(report, results);
        Formats(report, results);
        OwnFloat(report, results);
        string isa = results[0].Isa;
        int threads = results[0].Threads;
        ModelResult[] drawn = [.. results.Where(r => r.Isa == isa && r.Threads == threads).OrderBy(r => r.IsInt8).ThenBy(r => r.Ratio)];
        report.Chart(BarChart.Draw($"Time a run, ours to ONNX Runtime's, {isa}, {threads} thread(s): shorter is faster", "fp32", "int8",
            [.. drawn.Select(r => new Bar(r.IsInt8 && r.Model == r.Network ? $"{r.Model} {r.Format}" : r.Model, r.Ratio, r.IsInt8))]));
    }

    private static void Means(Report report, IReadOnlyList<ModelResult> results)
    {
        var table = report.Table("Geometric means", ("group", -24), ("kernels", -10), ("threads", 7), ("files", 5), ("ratio", 6), ("slower than ONNX Runtime", 24), ("to ncnn", 7));
        foreach (var (name, belongs) in ((string, Func<ModelResult, bool>)[])
        [
            ("fp32", r => !r.IsInt8),
            ("int8, all files", r => r.IsInt8),
            ("int8, u8·u8 files", r => r.Format.Contains("u8·u8", StringComparison.Ordinal)),
            ("int8, s8·s8 files", r => r.Format.Contains("s8·s8", StringComparison.Ordinal)),
        ])
            foreach (var g in results.Where(belongs).GroupBy(r => (r.Isa, r.Threads)))
            {
                double[] ncnn = [.. g.Select(r => r.NcnnRatio).OfType<double>()];
                table.Add(name, g.Key.Isa, $"{g.Key.Threads}", $"{g.Count()}", $"{Statistics.GeometricMean(g.Select(r => r.Ratio)):F2}", $"{g.Count(r => r.Ratio > 1)}", ncnn.Length == 0 ? "" : $"{Statistics.GeometricMean(ncnn):F2}");
            }
    }

    /// <summary>Each 8-bit file against the form of its network in which ONNX Runtime is fastest.</summary>
    private static void Formats(Report report, IReadOnlyList<ModelResult> results)
    {
        var groups = results.Where(r => r.IsInt8).GroupBy(r => (r.Network, r.Isa, r.Threads)).Where(g => g.Count() > 1).ToArray();
        if (groups.Length == 0) return;
        var table = report.Table("8-bit forms of one network: ours on each file to ONNX Runtime on its best form", ("network", -28), ("form", -19), ("kernels", -10), ("threads", 7), ("ours", 9), ("theirs", 9), ("ratio", 6), ("their best", 10), ("ratio to it", 11));
        var toBest = new List<(int Threads, double Ratio)>();
        foreach (var g in groups)
        {
            double best = g.Min(r => r.OnnxRuntimeMilliseconds);
            foreach (var r in g)
            {
                toBest.Add((r.Threads, r.Milliseconds / best));
                table.Add(r.Network, r.Format, r.Isa, $"{r.Threads}", $"{r.Milliseconds:F3}", $"{r.OnnxRuntimeMilliseconds:F3}", $"{r.Ratio:F2}", $"{best:F3}", $"{r.Milliseconds / best:F2}");
            }
        }
        foreach (var g in toBest.GroupBy(r => r.Threads)) report.Say($"8-bit forms to ONNX Runtime's best form, {g.Key} thread(s): geometric mean {Statistics.GeometricMean(g.Select(r => r.Ratio)):F2}");
    }

    private static void OwnFloat(Report report, IReadOnlyList<ModelResult> results)
    {
        var floats = results.Where(r => !r.IsInt8).GroupBy(r => (r.Network, r.Isa, r.Threads)).ToDictionary(g => g.Key, g => g.Min(r => r.Milliseconds));
        ModelResult[] both = [.. results.Where(r => r.IsInt8 && floats.ContainsKey((r.Network, r.Isa, r.Threads)))];
        if (both.Length == 0) return;
        var table = report.Table("Our int8 to our fp32 of the same network", ("network", -28), ("form", -19), ("kernels", -10), ("threads", 7), ("int8", 9), ("fp32", 9), ("ratio", 6));
        foreach (var r in both)
        {
            double own = floats[(r.Network, r.Isa, r.Threads)];
            table.Add(r.Network, r.Format, r.Isa, $"{r.Threads}", $"{r.Milliseconds:F3}", $"{own:F3}", $"{r.Milliseconds / own:F2}");
        }
        report.Say($"our int8 is slower than our fp32 in {both.Count(r => r.Milliseconds > floats[(r.Network, r.Isa, r.Threads)])} of {both.Length} cases");
    }
}
