using System.Diagnostics;
using System.Globalization;
using Edge.Evaluation;
using Edge.Evaluation.Tasks;
using Edge.Imaging.Preprocessing;
using Edge.Pipeline;
using Edge.Quantization;
using Edge.Quantization.Calibration;
using Edge.Quantization.Search;
using Edge.Runtime;
using Edge.SharedModels;
using Edge.Tensors;

namespace Edge.AccuracyTable.Costs;

/// <summary>
/// Time and memory of quantizing MobileNetV2. Each piece of work has a process of its own, this program started once more, so that
/// the peak of its memory is its own.
/// </summary>
internal static class CostMeasurement
{
    private const string ModelFile = "models/imagenet_mobilenet/mobilenet_v2_1.0_224_fp32.onnx.gz";

    /// <summary>500 pictures and their classes.</summary>
    private const string Pictures = "labelled/imagenet_1k_samples";

    /// <summary>Calibration samples of a search; the other pictures judge.</summary>
    private const int SearchSamples = 300;

    /// <summary>Pieces of work, as <see cref="Run"/> knows them.</summary>
    public static readonly string[] Kinds = ["float32", "once-50", "once-500", "search"];

    /// <summary>Measures all, one after the other.</summary>
    /// <exception cref="IOException">A process failed; its last words are above.</exception>
    public static IReadOnlyList<CostRow> All(CancellationToken cancellation)
    {
        var rows = new List<CostRow>();
        foreach (string kind in Kinds)
        {
            cancellation.ThrowIfCancellationRequested();
            using Process process = Process.Start(Again("--cost", kind)) ?? throw new IOException($"{Environment.ProcessPath}: could not be started");
            CostRow[] own = [.. process.StandardOutput.ReadToEnd().Split('\n').Select(CostRow.Parse).OfType<CostRow>()];
            process.WaitForExit();
            if (process.ExitCode != 0 || own.Length == 0) throw new IOException($"--cost {kind}: the process ended with {process.ExitCode}");
            rows.AddRange(own);
        }
        return rows;
    }

    /// <summary>Does one piece of work in this process, and writes its rows.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="data">The folder <c>shared/data</c>.</param>
    public static void Run(string kind, string data)
    {
        string folder = Directory.CreateTempSubdirectory("edge-cost-").FullName, path = Path.Combine(folder, "model.onnx");
        try
        {
            File.WriteAllBytes(path, ModelFiles.Read(data, ModelFile));
            (string File, int Label)[] pictures =
            [
                .. File.ReadLines(Path.Combine(data, Pictures, "labels.tsv")).Skip(1).Select(l => l.Split('\t'))
                    .Select(r => (Path.Combine(data, Pictures, r[0]), int.Parse(r[1], CultureInfo.InvariantCulture))),
            ];
            // The file's bytes and what unpacking it left are none of the work's memory.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            switch (kind)
            {
                case "float32": Infer(path); break;
                case "once-50": Once(path, Spread(pictures, 50)); break;
                case "once-500": Once(path, pictures); break;
                default: Search(path, pictures); break;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Infer(string path)
    {
        const int Runs = 20;
        using Model model = Model.Load(path);
        using var session = new InferenceSession(model);
        Tensor input = Tensor.Create<float>(new Shape(1, 224, 224, 3));
        session.Run([input]);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Runs; i++) session.Run([input]);
        Tell("float32 inference", 0, 0, Stopwatch.GetElapsedTime(start) / Runs);
    }

    private static void Once(string path, (string File, int Label)[] pictures)
    {
        long start = Stopwatch.GetTimestamp();
        Quantizer.QuantizeFile(path, Source(pictures));
        Tell("quantized once", pictures.Length, 0, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>The longest search there is: nothing keeps the promise, so that every step is tried.</summary>
    private static void Search(string path, (string File, int Label)[] pictures)
    {
        (string File, int Label)[] calibrating = Spread(pictures, SearchSamples), judging = [.. pictures.Except(calibrating)];
        var task = new ClassificationTask(Labels.Numbered(1000), [.. judging.Select(j => j.Label)], output: 0, firstClass: 1);
        using var samples = new SpooledSource(Source(calibrating), Path.GetDirectoryName(path)!);
        using var judged = new SpooledSource(Source(judging), Path.GetDirectoryName(path)!);
        long start = Stopwatch.GetTimestamp();
        (TimeSpan Time, double Peak)? plain = null;
        var progress = new Progress(p =>
        {
            if (p is { Stage: QuantizationStage.LearnRounding, Subject: "as learned" }) plain ??= (Stopwatch.GetElapsedTime(start), Peak());
        });
        Quantizer.Search(path, samples, new AccuracyPromise(task.Metrics[0], judged, MaxDrop: -100), new QuantizationOptions { PerChannel = false }, progress);
        TimeSpan whole = Stopwatch.GetElapsedTime(start);
        if (plain is { } p) Tell("a search up to where rounding is learned", calibrating.Length, judging.Length, p.Time, p.Peak);
        Tell("a whole search that nothing ends early", calibrating.Length, judging.Length, whole);
    }

    private static T[] Spread<T>(T[] all, int count) => [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Length / count)])];

    /// <summary>Read as <c>edge quantize</c> reads them.</summary>
    private static ICalibrationSource Source((string File, int Label)[] pictures) =>
        InputData.OfPictures($"{pictures.Length} pictures", [.. pictures.Select(p => p.File)], PreprocessOptions.Parse("crop=224,mean=128,std=128"));

    private static void Tell(string work, int samples, int judged, TimeSpan time, double? peak = null) =>
        Console.WriteLine(new CostRow(work, samples, judged, time.TotalSeconds, peak ?? Peak()).ToLine());

    private static double Peak()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 / 1e6;
    }

    private static ProcessStartInfo Again(params string[] arguments)
    {
        string program = Environment.ProcessPath!;
        // Started as `dotnet X.dll`, the program is dotnet.
        string[] before = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        return new ProcessStartInfo(program, [.. before, .. arguments]) { RedirectStandardOutput = true };
    }

    private sealed class Progress(Action<QuantizationProgress> report) : IProgress<QuantizationProgress>
    {
        public void Report(QuantizationProgress value) => report(value);
    }
}
