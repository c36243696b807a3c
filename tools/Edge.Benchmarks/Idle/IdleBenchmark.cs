using System.Diagnostics;
using Edge.Benchmarks.Architectures;
using Edge.Benchmarks.Measuring;
using Edge.Benchmarks.Models;
using Edge.Benchmarks.Reporting;
using Edge.Runtime;

namespace Edge.Benchmarks.Idle;

/// <summary>What was measured of one engine that has little to do.</summary>
/// <param name="Engine">Whose.</param>
/// <param name="Threads">Of each run.</param>
/// <param name="RunMilliseconds">Time on the wall inside a run, on average.</param>
/// <param name="ProcessorMilliseconds">Processor time of all threads of the process for each run, pauses included.</param>
/// <param name="Share">Of one core.</param>
/// <param name="Ratio">Processor time to the time inside runs.</param>
/// <param name="RatioOfThreads">Processor time to the time inside runs times the threads: 1 if workers sleep as soon as a run ends.</param>
internal sealed record IdleResult(string Engine, int Threads, double RunMilliseconds, double ProcessorMilliseconds, double Share, double Ratio, double RatioOfThreads);

/// <summary>Processor time of a process that runs a model six times a second, as a camera over a line does.</summary>
internal static class IdleBenchmark
{
    private const int RunsPerSecond = 6;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1), s_length = TimeSpan.FromSeconds(5);

    public static Report Run()
    {
        var report = new Report("idle", $"Processor time at {RunsPerSecond} runs a second",
            $"MobileNetV2, int8 (generated), {s_length.TotalSeconds:F0} s each: processor time of all threads of the process, pauses included, against the time inside runs.").Begin();
        var table = report.Table("One process", ("engine", -14), ("threads", 7), ("ms a run", 9), ("processor ms a run", 18), ("% of a core", 11), ("to time in runs", 15), ("to time in runs × threads", 25));
        byte[] bytes = Int8Models.Bytes(Int8Models.Quantize(MobileNet.V2()));
        using var model = Model.Load(bytes, "mobilenetv2");
        var inputs = new BenchmarkModel("mobilenetv2", ModelFormat.Of(Int8Form.U8S8), "mobilenetv2", () => bytes, new Dictionary<string, int>()).Inputs(model);
        var results = new List<IdleResult>();
        foreach (int threads in (int[])[1, 2])
        {
            using (var session = new InferenceSession(model, new SessionOptions { Threads = threads })) Add("edge", threads, () => session.Run(inputs));
            using (var other = new OnnxRuntimeModel(bytes, "mobilenetv2", inputs, threads)) Add("ONNX Runtime", threads, other.Run);
        }
        report.Data("idle", results);
        return report;

        void Add(string engine, int threads, Action run)
        {
            // Once as it is measured, so that nothing is compiled later.
            Measure(engine, threads, run, s_warmUp);
            IdleResult r = Measure(engine, threads, run, s_length);
            results.Add(r);
            table.Add(engine, $"{threads}", $"{r.RunMilliseconds:F3}", $"{r.ProcessorMilliseconds:F3}", $"{r.Share * 100:F2}", $"{r.Ratio:F2}", $"{r.RatioOfThreads:F2}");
        }
    }

    private static IdleResult Measure(string engine, int threads, Action run, TimeSpan length)
    {
        Quiescence.Await();
        int runs = 0;
        long inside = 0, begin = Stopwatch.GetTimestamp();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (; Stopwatch.GetElapsedTime(begin) < length; runs++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            inside += Stopwatch.GetTimestamp() - start;
            TimeSpan rest = TimeSpan.FromSeconds((runs + 1) / (double)RunsPerSecond) - Stopwatch.GetElapsedTime(begin);
            if (rest > TimeSpan.Zero) Thread.Sleep(rest);
        }
        double processor = (Environment.CpuUsage.TotalTime - before).TotalSeconds, within = (double)inside / Stopwatch.Frequency;
        return new IdleResult(engine, threads, within / runs * 1e3, processor / runs * 1e3, processor / Stopwatch.GetElapsedTime(begin).TotalSeconds, processor / within, processor / within / threads);
    }
}
