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
internal sealed record ScaleResult(string Network, string Format, int Size, int Batch, double OneThread, double TwoThreads)
{
    /// <summary>How many times as fast two threads are.</summary>
    public double Speedup => OneThread / TwoThreads;
}

/// <summary>How time grows with threads, batch and picture.</summary>
internal static class ScaleBenchmark
{
    private const int UsualSize = 224, Slices = 5;

    private static readonly (int Size, int Batch)[] s_cases = [(UsualSize, 1), (UsualSize, 2), (UsualSize, 4), (UsualSize, 8), (96, 1), (160, 1), (320, 1), (448, 1)];

    public static Report Run()
    {
        var report = new Report("scale", "Threads, batch, input size",
            "Milliseconds a run on the wall, medians of interleaved slices. Efficiency: of two threads, half of their speed-up; of batch and size, the time a pixel of batch 1 at 224² to the time a pixel here, on one thread.").Begin();
        var table = report.Table("Our runtime", ("network", -12), ("form", -14), ("size", 5), ("batch", 5), ("1 thread", 9), ("2 threads", 9), ("speed-up", 8), ("efficiency, threads", 19), ("efficiency, batch and size", 26));
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
                    table.Add(r.Network, format, $"{size}", $"{batch}", $"{r.OneThread:F3}", $"{r.TwoThreads:F3}", $"{r.Speedup:F2}", $"{r.Speedup / 2:P0}", $"{usual / perPixel:P0}");
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
            "Milliseconds a run on the wall at batch 1, medians of interleaved slices in one process. One thread runs on either core, as the system likes.").Begin();
        var table = report.Table("Our runtime", ("model", -44), ("form", -19), ("1 thread", 9), ("2 threads", 9), ("speed-up", 8));
        var results = new List<ScaleResult>();
        foreach (BenchmarkModel source in ModelBenchmark.All().Where(m => $"{m.Label} {m.Format}".Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            using var model = Model.Load(source.Read(), source.Label);
            (double one, double two) = Threads(model, source.Inputs(model), slices);
            results.Add(new ScaleResult(source.Label, source.Format, 0, 1, one, two));
            table.Add(source.Label, source.Format, $"{one:F3}", $"{two:F3}", $"{results[^1].Speedup:F2}");
        }

        report.Data("scale-models", results);
        return report;
    }

    private static ScaleResult Measure(string name, string format, ModelProto proto, int size, int batch)
    {
        // Nothing in these networks knows the picture's size but the declarations.
        SetAxes(proto.Graph.Inputs[0], (0, batch), (2, size), (3, size));
        SetAxes(proto.Graph.Outputs[0], (0, batch));
        using var model = Model.Load(Int8Models.Bytes(proto), name);
        var input = Tensor.Create<float>(new Shape(batch, 3, size, size));
        var random = new Random(1);
        foreach (ref float v in input.AsSpan<float>()) v = random.NextSingle() * 2 - 1;
        (double one, double two) = Threads(model, [input], Slices);
        return new ScaleResult(name, format, size, batch, one, two);
    }

    /// <summary>Milliseconds of a run with one thread and with two.</summary>
    private static (double One, double Two) Threads(Model model, Tensor[] inputs, int slices)
    {
        Affinity.Pin(2);
        using var one = new InferenceSession(model, new SessionOptions { Threads = 1 });
        using var two = new InferenceSession(model, new SessionOptions { Threads = 2 });
        double[] seconds = Interleaved.Medians([() => one.Run(inputs), () => two.Run(inputs)], slices, oneThread: false);
        Affinity.Release();
        return (seconds[0] * 1e3, seconds[1] * 1e3);
    }

    private static void SetAxes(ValueInfoProto value, params (int Axis, int Size)[] sizes)
    {
        foreach (var (axis, size) in sizes) value.Type!.Tensor!.Shape!.Dims[axis] = DimensionProto.Of(size);
    }
}
