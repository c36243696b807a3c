using System.Runtime.InteropServices;
using System.Text.Json;
using Edge.Benchmarks.Measuring;
using Edge.Onnx;
using Edge.Runtime;

namespace Edge.Benchmarks.Models;

/// <param name="Files">Models; those of the shared folder if empty.</param>
/// <param name="Dimensions">Sizes of free dimensions, as <c>name=size</c>.</param>
/// <param name="Threads">Numbers of threads, each measured on its own.</param>
/// <param name="Slices">Turns of each engine.</param>
/// <param name="Only">Part of the names of the models to measure.</param>
/// <param name="Isa">Kernel set, or null for the best one.</param>
/// <param name="Json">A file for the results, or null.</param>
internal sealed record ModelBenchmarkOptions(string[] Files, string[] Dimensions, int[] Threads, int Slices, string Only, string? Isa, string? Json);

/// <summary>What was measured of one model.</summary>
/// <param name="Model">The file's name.</param>
/// <param name="Form"><c>fp32</c> or <c>int8</c>.</param>
/// <param name="Threads">Of each engine.</param>
/// <param name="Milliseconds">Ours, the median of all slices' medians.</param>
/// <param name="OnnxRuntimeMilliseconds">The same of ONNX Runtime.</param>
/// <param name="Ratio">Ours to theirs, the median over slices: below 1 we are faster.</param>
/// <param name="Low">Lower quartile of the ratio.</param>
/// <param name="High">Upper quartile.</param>
internal sealed record ModelResult(string Model, string Form, int Threads, double Milliseconds, double OnnxRuntimeMilliseconds, double Ratio, double Low, double High);

/// <summary>A table: a row for each model and number of threads, and geometric means.</summary>
internal static class ModelBenchmark
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    public static int Run(ModelBenchmarkOptions options)
    {
        var models = options.Files.Length == 0 ? BenchmarkModel.Shared() : options.Files.Select(f => new BenchmarkModel(f, BenchmarkModel.Parse(options.Dimensions)));
        Console.WriteLine($"{Cpu.Name()}, {RuntimeInformation.FrameworkDescription}, kernels {Edge.Kernels.KernelCatalog.Select(options.Isa).Name}, ONNX Runtime {Edge.OnnxRuntime.Native.OrtLibrary.Build.Version}");
        Console.WriteLine("Milliseconds a run, medians of interleaved slices; ratio: ours to ONNX Runtime's, with its quartiles (below 1: faster). One thread: processor time.");
        Console.WriteLine($"{"model",-46}{"form",-6}{"threads",7}{"ours",10}{"theirs",10}{"ratio",8}   quartiles");
        var results = new List<ModelResult>();
        foreach (var model in models)
        {
            if (!Path.GetFileName(model.Path).Contains(options.Only, StringComparison.OrdinalIgnoreCase)) continue;
            foreach (int threads in options.Threads)
            {
                try
                {
                    var r = Measure(model, threads, options);
                    results.Add(r);
                    Console.WriteLine($"{r.Model,-46}{r.Form,-6}{r.Threads,7}{r.Milliseconds,10:F3}{r.OnnxRuntimeMilliseconds,10:F3}{r.Ratio,8:F2}   {r.Low:F2}–{r.High:F2}");
                }
                catch (ModelException e)
                {
                    Console.WriteLine($"{Path.GetFileName(model.Path),-46}{e.Message}");
                    break;
                }
            }
        }

        foreach (var g in results.GroupBy(r => (r.Form, r.Threads)).OrderBy(g => g.Key))
            Console.WriteLine($"geometric mean, {g.Key.Form}, {g.Key.Threads} thread(s), {g.Count()} models: {Statistics.GeometricMean(g.Select(r => r.Ratio)):F2}; slower than ONNX Runtime: {g.Count(r => r.Ratio > 1)}");
        if (options.Json is { } file) File.WriteAllText(file, JsonSerializer.Serialize(results, s_json));
        return results.Count > 0 ? 0 : 1;
    }

    private static ModelResult Measure(BenchmarkModel source, int threads, ModelBenchmarkOptions options)
    {
        byte[] bytes = source.Read();
        string name = Path.GetFileName(source.Path);
        using var model = Model.Load(bytes, name);
        var inputs = source.Inputs(model);
        Affinity.Pin(threads);
        using var ours = new InferenceSession(model, new SessionOptions { Threads = threads, Isa = options.Isa });
        using var theirs = new OnnxRuntimeModel(bytes, name, inputs, threads);
        var medians = Interleaved.SliceMedians([() => ours.Run(inputs), theirs.Run], options.Slices, oneThread: threads == 1);
        double[] ratios = [.. medians[0].Zip(medians[1], (a, b) => a / b)];
        string form = model.Proto.Graph!.Nodes.Any(n => n.OpType.Contains("Quantize", StringComparison.Ordinal) || n.OpType.StartsWith("QLinear", StringComparison.Ordinal)) ? "int8" : "fp32";
        return new ModelResult(name, form, threads, Statistics.Median(medians[0]) * 1e3, Statistics.Median(medians[1]) * 1e3,
            Statistics.Median(ratios), Statistics.Quantile(ratios, 0.25), Statistics.Quantile(ratios, 0.75));
    }
}
