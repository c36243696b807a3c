using Edge.Benchmarks.Architectures;
using Edge.Benchmarks.Measuring;
using Edge.Benchmarks.Reporting;
using Edge.Kernels;
using Edge.Kernels.Threading;
using Edge.Onnx;
using Edge.Quantization;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Benchmarks.WeightOnly;

/// <summary>What was measured of one product.</summary>
/// <param name="Shape">Its name.</param>
/// <param name="Kernel">The kernel's name.</param>
/// <param name="Microseconds">A product.</param>
/// <param name="WeightBytes">Of one product, packed.</param>
/// <param name="GigaBytes">Of weights, a second.</param>
/// <param name="Speedup">Of float32 weights' time.</param>
internal sealed record WeightOnlyResult(string Shape, string Kernel, double Microseconds, long WeightBytes, double GigaBytes, double Speedup);

/// <summary>What was measured of a model.</summary>
/// <param name="Weights">Their kind.</param>
/// <param name="FileBytes">Of the model's file.</param>
/// <param name="PackedBytes">Packed weights of the session.</param>
/// <param name="PeakBytes">Largest resident memory of a process that loads it and runs it once.</param>
/// <param name="PrivateBytes">Its memory after the run, mapped files aside.</param>
/// <param name="Milliseconds">A run.</param>
internal sealed record WeightOnlySession(string Weights, long FileBytes, long PackedBytes, long PeakBytes, long PrivateBytes, double Milliseconds);

/// <summary>float32 products whose weights stay integers of 8 or 4 bits in memory, against float32 weights.</summary>
internal static class WeightOnlyBenchmark
{
    private const int Tokens = 1;

    public static Report Run(string[] isas, string only, int threads, int slices)
    {
        var report = new Report("weights", "Integer weights",
            $"{threads} thread(s), medians of interleaved slices, all three kinds of weights in turn; each product of a chain has weights of its own, 256 MB of float32 in all, 'cached': the same weights again and again. GB/s: of packed weights.").Begin();
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
        if ("transformer".Contains(only, StringComparison.OrdinalIgnoreCase)) Sessions(report, threads, slices);
        return report;
    }

    private static void Sessions(Report report, int threads, int slices)
    {
        var table = report.Table($"A transformer of width 768, {Tokens} token and four layers, as our quantizer writes it, in a process of its own", ("weights", -9), ("file, MB", 9), ("packed, MB", 11), ("peak memory, MB", 16), ("private after a run, MB", 23), ("ms a run", 9), ("× float32", 9));
        ModelProto floats = Transformers.Wide(Tokens);
        var results = new List<WeightOnlySession>();
        (string Name, ModelProto Model)[] forms =
        [
            ("float32", floats),
            ("8 bits", Quantizer.Quantize(floats, null, new QuantizationOptions { Form = QuantizationForm.WeightOnly8 }).Model),
            ("4 bits", Quantizer.Quantize(floats, null, new QuantizationOptions { Form = QuantizationForm.WeightOnly4 }).Model),
        ];
        Affinity.Pin(threads);
        Model[] models = [.. forms.Select(f => Model.Load(Int8Models.Bytes(f.Model), f.Name))];
        InferenceSession[] sessions = [.. models.Select(m => new InferenceSession(m, new SessionOptions { Threads = threads }))];
        var input = Tensor.Create<float>(new Shape([.. sessions[0].Inputs[0].Dimensions!.Select(d => d.Size)]));
        double[] seconds = Interleaved.Medians([.. sessions.Select(s => (Action)(() => s.Run(input)))], slices, threads == 1);
        Affinity.Release();
        for (int i = 0; i < forms.Length; i++)
        {
            string path = Path.Combine(Path.GetTempPath(), $"edge-weights-{Guid.NewGuid():n}.onnx");
            File.WriteAllBytes(path, Int8Models.Bytes(forms[i].Model));
            SessionMemory memory = SessionMemory.Of(path);
            results.Add(new(forms[i].Name, new FileInfo(path).Length, memory.PackedBytes, memory.PeakBytes, memory.PrivateBytes, seconds[i] * 1e3));
            WeightOnlySession r = results[^1];
            table.Add(r.Weights, Megabytes(r.FileBytes), Megabytes(r.PackedBytes), Megabytes(r.PeakBytes), Megabytes(r.PrivateBytes), $"{r.Milliseconds:F3}", $"{results[0].Milliseconds / r.Milliseconds:F2}");
            File.Delete(path);
            sessions[i].Dispose();
            models[i].Dispose();
        }
        report.Data("sessions", results);
    }

    private static string Megabytes(long bytes) => $"{bytes / 1e6:F1}";

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
