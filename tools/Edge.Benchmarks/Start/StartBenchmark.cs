using Edge.Benchmarks.Measuring;
using Edge.Benchmarks.Models;
using Edge.Benchmarks.Reporting;
using Edge.Runtime;

namespace Edge.Benchmarks.Start;

/// <summary>What was measured of one program and model.</summary>
/// <param name="Program"><c>edge</c> or <c>ONNX Runtime</c>.</param>
/// <param name="Model">Name of the model's file.</param>
/// <param name="FirstResultMilliseconds">From before the process exists to its first line of output, the median.</param>
/// <param name="ExitMilliseconds">To its end.</param>
/// <param name="SessionMilliseconds">Creation of a session in a process that has made some.</param>
/// <param name="PeakMegabytes">Largest resident memory of the process.</param>
/// <param name="BinaryMegabytes">The program and its native libraries.</param>
internal sealed record StartResult(string Program, string Model, double FirstResultMilliseconds, double ExitMilliseconds, double SessionMilliseconds, double PeakMegabytes, double BinaryMegabytes);

/// <summary>From nothing to a first result: native programs that read a picture, run MobileNetV2 once and print what it saw.</summary>
internal static class StartBenchmark
{
    private const int Launches = 25, WatchedLaunches = 5, Sessions = 11;
    private const string Steps = "crop=224,mean=128,std=128";

    private static readonly string[] s_models = ["models/imagenet_mobilenet/mobilenet_v2_1.0_224_fp32.onnx.gz", "models-int8/imagenet_mobilenet/mobilenet_v2_1.0_224_uint8_qdq.onnx"];

    /// <exception cref="IOException">The shared folder is absent, or a program cannot be published or started.</exception>
    public static Report Run(bool publish)
    {
        string root = RepositoryRoot.Find(), shared = SharedModels.Root ?? throw new IOException("start: set EDGE_SHARED to the folder that holds data/");
        Binaries binaries = Binaries.Provide(root, publish);
        var report = new Report("start", "Process start to first result",
            $"Native programs, one thread: `edge run` against a small one with ONNX Runtime, same picture, same decoding and preprocessing; time on the wall from before the process is started, medians of {Launches} interleaved launches; peak memory (VmHWM) of {WatchedLaunches} others; sessions created in one process, medians of {Sessions}.").Begin();
        var table = report.Table("MobileNetV2", ("program", -14), ("model", -36), ("first result, ms", 16), ("exit, ms", 9), ("session, ms", 11), ("peak, MB", 9), ("binary, MB", 10));
        string picture = Directory.EnumerateFiles(Path.Combine(shared, "data", "labelled", "imagenet_1k_samples"), "*.JPEG", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(shared, "data", "labelled", "imagenet_1k_samples"), "*.jpg", SearchOption.AllDirectories)).Order(StringComparer.Ordinal).First();
        var results = new List<StartResult>();
        foreach (string relative in s_models)
        {
            BenchmarkModel model = SharedModels.File(Path.Combine(shared, "data", relative), new Dictionary<string, int>());
            string file = Path.Combine(Path.GetTempPath(), $"edge-benchmarks-{Environment.ProcessId}-{Path.GetFileNameWithoutExtension(model.Label)}.onnx");
            byte[] bytes = model.Read();
            File.WriteAllBytes(file, bytes);
            try
            {
                string[] ours = ["run", file, picture, "--preprocess", Steps, "--threads", "1"], theirs = [file, picture, Steps];
                StartResult[] both = Measure(binaries, model, bytes, ours, theirs);
                foreach (StartResult r in both)
                    table.Add(r.Program, r.Model, $"{r.FirstResultMilliseconds:F1}", $"{r.ExitMilliseconds:F1}", $"{r.SessionMilliseconds:F1}", $"{r.PeakMegabytes:F1}", $"{r.BinaryMegabytes:F1}");
                report.Say($"{model.Label}: ours to theirs: first result {both[0].FirstResultMilliseconds / both[1].FirstResultMilliseconds:F2}, peak memory {both[0].PeakMegabytes / both[1].PeakMegabytes:F2}");
                results.AddRange(both);
            }
            finally
            {
                File.Delete(file);
            }
        }
        report.Data("start", results);
        return report;
    }

    private static StartResult[] Measure(Binaries binaries, BenchmarkModel source, byte[] bytes, string[] ours, string[] theirs)
    {
        (string Program, string Name, string[] Arguments)[] contenders = [(binaries.Edge, "edge", ours), (binaries.OnnxRuntime, "ONNX Runtime", theirs)];
        var launches = contenders.Select(_ => new List<Launch>()).ToArray();
        foreach (var c in contenders) Launch.Of(c.Program, c.Arguments, watchMemory: false);
        for (int i = 0; i < Launches; i++)
            for (int c = 0; c < contenders.Length; c++) launches[c].Add(Launch.Of(contenders[c].Program, contenders[c].Arguments, watchMemory: false));
        double[] sessions = SessionSeconds(source, bytes);
        return [.. contenders.Select((c, i) => new StartResult(c.Name, source.Label,
            Statistics.Median(launches[i].Select(l => l.FirstLine)) * 1e3, Statistics.Median(launches[i].Select(l => l.Exit)) * 1e3, sessions[i] * 1e3,
            Enumerable.Range(0, WatchedLaunches).Max(_ => Launch.Of(c.Program, c.Arguments, watchMemory: true).PeakBytes) / 1e6, Binaries.Size(c.Program) / 1e6))];
    }

    private static double[] SessionSeconds(BenchmarkModel source, byte[] bytes)
    {
        var seconds = new[] { new List<double>(), new List<double>() };
        for (int i = 0; i < Sessions + 2; i++)
        {
            double start = ThreadClock.Now(oneThread: false);
            using (var model = Model.Load(bytes, source.Label))
            {
                using var session = new InferenceSession(model, new SessionOptions { Threads = 1 });
                double made = ThreadClock.Now(oneThread: false);
                // Two rounds warm the compiler and the caches up.
                if (i >= 2) seconds[0].Add(made - start);
            }
            start = ThreadClock.Now(oneThread: false);
            using var other = OnnxRuntimeModel.Open(bytes, source.Label, threads: 1);
            if (i >= 2) seconds[1].Add(ThreadClock.Now(oneThread: false) - start);
        }
        return [.. seconds.Select(Statistics.Median)];
    }
}
