using Edge.Benchmarks.Architectures;
using Edge.Benchmarks.Measuring;
using Edge.Benchmarks.Models;
using Edge.Benchmarks.Reporting;
using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Benchmarks.Scale;

/// <summary>What was measured of one size.</summary>
/// <param name="Network">Which network.</param>
/// <param name="Format">Its form.</param>
/// <param name="Size">Height and width of the picture; 0 where the model says.</param>
/// <param name="Batch">Pictures of one run.</param>
/// <param name="OneThread">Milliseconds a run.</param>
/// <param name="TwoThreads">Milliseconds a run.</param>
/// <param name="Accompanied">Milliseconds a run of one thread while the other core runs the same (<see cref="CompanionRun"/>).</param>
/// <param name="HandOvers">Nanoseconds that a line of memory took from core to core before each slice (<see cref="HandOver"/>).</param>
internal sealed record ScaleResult(string Network, string Format, int Size, int Batch, double OneThread, double TwoThreads, double Accompanied, double[] HandOvers)
{
    /// <summary>How many times as fast two threads are.</summary>
    public double Speedup => OneThread / TwoThreads;

    /// <summary>
    /// The machine's own bound: how many times as much two cores do that run the model each for itself as one that runs alone.
    /// Two threads can do better where a cache holds half of a run's activations but not all, or one model's weights but not two.
    /// </summary>
    public double Ceiling => 2 * OneThread / Accompanied;

    /// <summary>The shortest and the longest hand-over.</summary>
    public string HandOverRange => $"{HandOvers.Min():F0}–{HandOvers.Max():F0}";
}

/// <summary>How time grows with threads, batch and picture.</summary>
internal static class ScaleBenchmark
{
    private const int UsualSize = 224, Slices = 5;

    private const string CeilingIs = "Ceiling: what the two cores do of it as two models of one thread, each on a core of its own and with weights of its own, to what one does while the other is idle; " +
        "what is missing to 2 they take from each other (third-level cache, memory, clock, the host's hardware threads). Reached: the speed-up's part of it. Hand-over: nanoseconds that a line of memory took from core to core, the least and the most of all slices: what threads of one run pay and two models do not. " +
        "Several times as many mean that the host of a virtual machine has put its cores onto different dies.";

    private static readonly (int Size, int Batch)[] s_cases = [(UsualSize, 1), (UsualSize, 2), (UsualSize, 4), (UsualSize, 8), (96, 1), (160, 1), (320, 1), (448, 1)];

    public static Report Run()
    {
        var report = new Report("scale", "Threads, batch, input size",
            $"Milliseconds a run on the wall, of one thread as of two, medians of interleaved slices. {CeilingIs} Efficiency: of two threads, half of their speed-up; of batch and size, the time a pixel of batch 1 at 224² to the time a pixel here, on one thread.").Begin();
        var table = report.Table("Our runtime", ("network", -12), ("form", -14), ("size", 5), ("batch", 5), ("1 thread", 9), ("2 threads", 9), ("speed-up", 8), ("ceiling", 8), ("reached", 8), ("hand-over", 9), ("efficiency, threads", 19), ("efficiency, batch and size", 26));
        var results = new List<ScaleResult>();
        foreach (Architecture architecture in Architecture.All.Where(a => a.Name is "mobilenetv2" or "resnet18"))
        {
            ModelProto floats = architecture.Build();
            foreach (var (format, proto) in ((string, ModelProto)[])[(ModelFormat.Float, floats), (ModelFormat.Of(Int8Form.U8S8), Int8Models.Quantize(floats))])
            {
                double usual = 0;
                foreach (var (size, batch) in s_cases)
                {
                    ScaleResult r = Measure(architecture.Name, format, proto, size, batch);
                    results.Add(r);
                    double perPixel = r.OneThread / batch / size / size;
                    if (usual == 0) usual = perPixel;
                    table.Add(r.Network, format, $"{size}", $"{batch}", $"{r.OneThread:F3}", $"{r.TwoThreads:F3}", $"{r.Speedup:F2}", $"{r.Ceiling:F2}", $"{r.Speedup / r.Ceiling:P0}", r.HandOverRange, $"{r.Speedup / 2:P0}", $"{usual / perPixel:P0}");
                }
            }
        }
        report.Data("scale", results);
        return report;
    }

    /// <summary>One and two threads of every model whose name and form contain <paramref name="only"/>, both on the wall.</summary>
    public static Report Models(string only, int slices)
    {
        var report = new Report("scale-models", "One and two threads",
            $"Milliseconds a run on the wall at batch 1, medians of interleaved slices in one process. One thread runs on either core, as the system likes. {CeilingIs}").Begin();
        var table = report.Table("Our runtime", ("model", -44), ("form", -19), ("1 thread", 9), ("2 threads", 9), ("speed-up", 8), ("ceiling", 8), ("reached", 8), ("hand-over", 9));
        var results = new List<ScaleResult>();
        foreach (BenchmarkModel source in ModelBenchmark.All().Where(m => $"{m.Label} {m.Format}".Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            using Model model = Model.Load(source.Read(), source.Label), companion = Model.Load(source.Read(), source.Label);
            ScaleResult r = Measure(source.Label, source.Format, 0, 1, model, companion, source.Inputs(model), slices);
            results.Add(r);
            table.Add(r.Network, r.Format, $"{r.OneThread:F3}", $"{r.TwoThreads:F3}", $"{r.Speedup:F2}", $"{r.Ceiling:F2}", $"{r.Speedup / r.Ceiling:P0}", r.HandOverRange);
        }

        report.Data("scale-models", results);
        return report;
    }

    private static ScaleResult Measure(string name, string format, ModelProto proto, int size, int batch)
    {
        // Nothing in these networks knows the picture's size but the declarations.
        SetAxes(proto.Graph.Inputs[0], (0, batch), (2, size), (3, size));
        SetAxes(proto.Graph.Outputs[0], (0, batch));
        using Model model = Model.Load(Int8Models.Bytes(proto), name), companion = Model.Load(Int8Models.Bytes(proto), name);
        var input = Tensor.Create<float>(new Shape(batch, 3, size, size));
        var random = new Random(1);
        foreach (ref float v in input.AsSpan<float>()) v = random.NextSingle() * 2 - 1;
        return Measure(name, format, size, batch, model, companion, [input], Slices);
    }

    private static ScaleResult Measure(string name, string format, int size, int batch, Model model, Model companion, Tensor[] inputs, int slices)
    {
        using var one = new InferenceSession(model, new SessionOptions { Threads = 1 });
        Affinity.Pin(2);
        using var two = new InferenceSession(model, new SessionOptions { Threads = 2 });
        using var accompanied = new CompanionRun(model, companion, inputs);
        Action[] contenders = [() => one.Run(inputs), () => two.Run(inputs), accompanied.Run];
        var handOvers = new double[slices];
        var seconds = new double[slices][];
        for (int slice = 0; slice < slices; slice++)
        {
            handOvers[slice] = HandOver.Nanoseconds();
            Affinity.Pin(2);
            seconds[slice] = Interleaved.Medians(contenders, slices: 1, oneThread: false);
        }

        Affinity.Release();
        double Milliseconds(int contender) => Statistics.Median(seconds.Select(s => s[contender])) * 1e3;
        return new ScaleResult(name, format, size, batch, Milliseconds(0), Milliseconds(1), Milliseconds(2), handOvers);
    }

    private static void SetAxes(ValueInfoProto value, params (int Axis, int Size)[] sizes)
    {
        foreach (var (axis, size) in sizes) value.Type!.Tensor!.Shape!.Dims[axis] = DimensionProto.Of(size);
    }
}
