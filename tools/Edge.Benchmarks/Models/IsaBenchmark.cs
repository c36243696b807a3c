using Edge.Benchmarks.Measuring;
using Edge.Benchmarks.Reporting;
using Edge.Kernels;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Benchmarks.Models;

/// <summary>Our 8-bit form of a network against our float32 form, on one kernel set.</summary>
/// <param name="Network">What both are forms of.</param>
/// <param name="Model">The 8-bit file's name, or the generated network's.</param>
/// <param name="Format">How its 8-bit form is written.</param>
/// <param name="Isa">The kernel set.</param>
/// <param name="Int8Milliseconds">The median over slices.</param>
/// <param name="FloatMilliseconds">The same of the float32 form.</param>
/// <param name="Ratio">8 bits to float32, the median over slices: below 1 integers are faster.</param>
internal sealed record IsaResult(string Network, string Model, string Format, string Isa, double Int8Milliseconds, double FloatMilliseconds, double Ratio);

/// <summary>Whether integers pay: each network's 8-bit forms against its float32 form, interleaved on one thread, on every kernel set.</summary>
internal static class IsaBenchmark
{
    /// <param name="isas">Kernel sets; all that this CPU can run if empty.</param>
    /// <param name="only">Part of the names of the networks to measure.</param>
    /// <param name="slices">Turns of each form.</param>
    public static Report Run(string[] isas, string only, int slices)
    {
        var report = new Report("isa", "8 bits against float32 on every instruction set",
            "Time of a run at batch 1: our 8-bit form to our float32 form of the same network, with the kernel set of the column (below 1: integers are faster). Processor time of one pinned thread, medians over slices in which all forms have their turns; milliseconds are in the data.").Begin();
        string[] sets = [.. isas.Length == 0 ? KernelCatalog.Available.Select(s => s.Name) : isas.Select(i => KernelCatalog.Select(i).Name)];
        var table = report.Table("Each 8-bit form", [("model", -44), ("form", -19), .. sets.Select(s => (s, 10))]);
        var results = new List<IsaResult>();
        foreach (var forms in ModelBenchmark.All().GroupBy(m => m.Name).Where(g => g.Key.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            BenchmarkModel[] integers = [.. forms.Where(m => m.IsInt8)];
            if (integers.Length == 0 || forms.FirstOrDefault(m => !m.IsInt8) is not { } floats) continue;
            List<IsaResult> measured = Measure(floats, integers, sets, slices);
            foreach (BenchmarkModel m in integers)
                table.Add([m.Label, m.Format, .. measured.Where(r => r.Model == m.Label && r.Format == m.Format).Select(r => $"{r.Ratio:F2}")]);
            results.AddRange(measured);
        }

        foreach (var g in results.GroupBy(r => r.Isa))
            report.Say($"{g.Key}: integers take {Statistics.GeometricMean(g.Select(r => r.Ratio)):F2} of the time of float32 in the geometric mean, and more than it in {g.Count(r => r.Ratio > 1)} of {g.Count()} forms");
        report.Data("isa", results);
        return report;
    }

    private static List<IsaResult> Measure(BenchmarkModel floats, BenchmarkModel[] integers, string[] sets, int slices)
    {
        BenchmarkModel[] forms = [floats, .. integers];
        Model[] models = [.. forms.Select(f => Model.Load(f.Read(), f.Label))];
        Tensor[][] inputs = [.. forms.Zip(models, (f, m) => f.Inputs(m))];
        var results = new List<IsaResult>();
        foreach (string isa in sets)
        {
            Affinity.Pin(1);
            InferenceSession[] sessions = [.. models.Select(m => new InferenceSession(m, new SessionOptions { Threads = 1, Isa = isa }))];
            double[][] medians = Interleaved.SliceMedians([.. sessions.Zip(inputs, (s, i) => (Action)(() => s.Run(i)))], slices, oneThread: true);
            foreach (var session in sessions) session.Dispose();
            Affinity.Release();
            results.AddRange(integers.Select((m, i) => new IsaResult(m.Name, m.Label, m.Format, isa,
                Statistics.Median(medians[i + 1]) * 1e3, Statistics.Median(medians[0]) * 1e3, Statistics.Median(medians[i + 1].Zip(medians[0], (a, b) => a / b)))));
        }

        foreach (var model in models) model.Dispose();
        return results;
    }
}
