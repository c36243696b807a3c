using Edge.Benchmarks.Architectures;
using Edge.Benchmarks.Measuring;
using Edge.Benchmarks.Reporting;
using Edge.Kernels;
using Edge.Onnx;
using Edge.Runtime;

namespace Edge.Benchmarks.Models;

/// <param name="Files">Models; the generated ones and those of the shared folder if empty.</param>
/// <param name="Dimensions">Sizes of free dimensions of the files, as <c>name=size</c>.</param>
/// <param name="Threads">Numbers of threads, each measured on its own.</param>
/// <param name="Slices">Turns of each engine.</param>
/// <param name="Only">Part of the names of the models to measure.</param>
/// <param name="Isas">Kernel sets, each measured on its own; the best one if empty.</param>
/// <param name="Ncnn">Results of ncnn to show beside.</param>
internal sealed record ModelBenchmarkOptions(string[] Files, string[] Dimensions, int[] Threads, int Slices, string Only, string[] Isas, NcnnResults Ncnn);

/// <summary>Whole models against ONNX Runtime: a row for each model, form, kernel set and number of threads, and what follows from them.</summary>
internal static class ModelBenchmark
{
    public static Report Run(ModelBenchmarkOptions options)
    {
        var report = new Report("models", "Models against ONNX Runtime",
            "Milliseconds a run at batch 1, medians of interleaved slices in one process, pinned; ratio: ours to ONNX Runtime's on the same file, with its quartiles (below 1: we are faster). One thread: processor time; several: time on the wall.").Begin();
        var table = report.Table("Each file", ("model", -44), ("form", -19), ("kernels", -10), ("threads", 7), ("ours", 9), ("theirs", 9), ("ratio", 6), ("quartiles", -10), ("ncnn", 6), ("to ncnn", 7));
        string?[] isas = options.Isas.Length == 0 ? [null] : [.. options.Isas];
        var results = new List<ModelResult>();
        foreach (BenchmarkModel source in Sources(options))
        {
            try
            {
                foreach (ModelResult r in Measure(source, isas, options))
                {
                    results.Add(r);
                    table.Add(r.Model, r.Format, r.Isa, $"{r.Threads}", $"{r.Milliseconds:F3}", $"{r.OnnxRuntimeMilliseconds:F3}", $"{r.Ratio:F2}", $"{r.Low:F2}–{r.High:F2}", $"{r.NcnnMilliseconds:F2}", $"{r.NcnnRatio:F2}");
                }
            }
            catch (ModelException e)
            {
                report.Say($"{source.Label}: {e.Message}");
            }
        }

        ModelSummary.Add(report, results);
        report.Data("models", results);
        return report;
    }

    /// <summary>The generated models and those of the shared folder.</summary>
    public static IEnumerable<BenchmarkModel> All() => [.. Architecture.All.SelectMany(BenchmarkModel.Of), .. SharedModels.Root is null ? [] : SharedModels.All()];

    private static IEnumerable<BenchmarkModel> Sources(ModelBenchmarkOptions options)
    {
        IEnumerable<BenchmarkModel> all = options.Files.Length == 0
            ? All()
            : options.Files.Select(f => SharedModels.File(f, BenchmarkModel.Parse(options.Dimensions)));
        return all.Where(m => $"{m.Label} {m.Format}".Contains(options.Only, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<ModelResult> Measure(BenchmarkModel source, string?[] isas, ModelBenchmarkOptions options)
    {
        byte[] bytes = source.Read();
        using var model = Model.Load(bytes, source.Label);
        var inputs = source.Inputs(model);
        foreach (int threads in options.Threads)
        {
            Affinity.Pin(threads);
            using var theirs = new OnnxRuntimeModel(bytes, source.Label, inputs, threads);
            var ours = new List<InferenceSession>();
            try
            {
                foreach (string? isa in isas) ours.Add(new InferenceSession(model, new SessionOptions { Threads = threads, Isa = isa }));
                double[][] medians = Interleaved.SliceMedians([theirs.Run, .. ours.Select(s => (Action)(() => s.Run(inputs)))], options.Slices, oneThread: threads == 1);
                double their = Statistics.Median(medians[0]) * 1e3;
                for (int i = 0; i < isas.Length; i++)
                {
                    double[] ratios = [.. medians[i + 1].Zip(medians[0], (a, b) => a / b)];
                    double? ncnn = threads == 1 ? options.Ncnn.Of(source.Name, source.IsInt8) : null;
                    yield return new ModelResult(source.Label, source.Name, source.Format, KernelCatalog.Select(isas[i]).Name, threads, Statistics.Median(medians[i + 1]) * 1e3, their,
                        Statistics.Median(ratios), Statistics.Quantile(ratios, 0.25), Statistics.Quantile(ratios, 0.75), ncnn);
                }
            }
            finally
            {
                foreach (var session in ours) session.Dispose();
                Affinity.Release();
            }
        }
    }
}
