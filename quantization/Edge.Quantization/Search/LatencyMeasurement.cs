using System.Diagnostics;
using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Search;

/// <summary>Median times of one run of two models on this machine.</summary>
/// <param name="FloatMilliseconds">Of the float model.</param>
/// <param name="Milliseconds">Of the quantized one.</param>
internal sealed record LatencyPair(double FloatMilliseconds, double Milliseconds);

/// <summary>
/// Times models on this machine, with this project's runtime on all cores. Models that are compared take turns, so that what
/// else the machine does meets both alike.
/// </summary>
internal static class LatencyMeasurement
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(0.6), WarmEnough = TimeSpan.FromSeconds(0.3);

    private const int LeastRuns = 7, MostRuns = 200, Batches = 5;

    /// <summary>A JIT compiles a method better once it ran thirty times.</summary>
    private const int LeastWarmUps = 3, MostWarmUps = 40;

    /// <summary>Medians of the two models on the same inputs.</summary>
    public static LatencyPair Compare(ModelProto a, ModelProto b, IReadOnlyList<Tensor> inputs, CancellationToken cancellation)
    {
        using InferenceSession first = Open(a, profile: false), second = Open(b, profile: false);
        Tensor[] x = [.. inputs];
        WarmUp(first, x);
        WarmUp(second, x);
        var times = (First: new List<double>(), Second: new List<double>());
        long start = Stopwatch.GetTimestamp();
        while (times.First.Count < LeastRuns || (Stopwatch.GetElapsedTime(start) < Enough && times.First.Count < MostRuns))
        {
            cancellation.ThrowIfCancellationRequested();
            times.First.Add(Time(first, x));
            times.Second.Add(Time(second, x));
        }
        return new LatencyPair(Median(times.First), Median(times.Second));
    }

    /// <summary>Returns the number of runs.</summary>
    private static int WarmUp(InferenceSession session, Tensor[] inputs)
    {
        long start = Stopwatch.GetTimestamp();
        int runs = 0;
        while (runs < LeastWarmUps || (runs < MostWarmUps && Stopwatch.GetElapsedTime(start) < WarmEnough))
        {
            session.Run(inputs);
            runs++;
        }
        return runs;
    }

    /// <summary>
    /// Milliseconds of one run by node name: the steps that the runtime made of the nodes; what was fused into another's step
    /// counts there.
    /// </summary>
    public static Dictionary<string, double> ByNode(ModelProto model, IReadOnlyList<Tensor> inputs, CancellationToken cancellation)
    {
        using InferenceSession session = Open(model, profile: true);
        Tensor[] x = [.. inputs];
        int runs = WarmUp(session, x);
        Dictionary<string, double> before = Totals(session, runs);
        var batches = before.Keys.ToDictionary(n => n, _ => new List<double>());
        for (int batch = 0; batch < Batches; batch++)
        {
            long start = Stopwatch.GetTimestamp();
            int own = 0;
            while (own == 0 || (own < MostRuns / Batches && Stopwatch.GetElapsedTime(start) < Enough / Batches))
            {
                cancellation.ThrowIfCancellationRequested();
                session.Run(x);
                own++;
            }
            runs += own;
            Dictionary<string, double> after = Totals(session, runs);
            foreach ((string node, double total) in after) batches[node].Add((total - before[node]) / own);
            before = after;
        }
        // What else the machine does falls into some of the batches.
        return batches.ToDictionary(b => b.Key, b => Median(b.Value));
    }

    /// <summary>Milliseconds of all runs by node name.</summary>
    private static Dictionary<string, double> Totals(InferenceSession session, int runs)
    {
        var totals = new Dictionary<string, double>();
        foreach (StepProfile step in session.Profile()) totals[step.Name] = totals.GetValueOrDefault(step.Name) + (step.Time.TotalMilliseconds * runs);
        return totals;
    }

    /// <summary>Multiply-accumulates of one run by node name, and of all nodes.</summary>
    public static (Dictionary<string, long> ByNode, long All) Macs(ModelProto model, IReadOnlyList<Tensor> inputs)
    {
        using InferenceSession session = Open(model, profile: false);
        PlanDescription plan = session.Describe([.. inputs.Select(t => t.Shape)]);
        var macs = new Dictionary<string, long>();
        foreach (PlannedStep step in plan.Steps) macs[step.Name] = macs.GetValueOrDefault(step.Name) + step.Macs;
        return (macs, plan.Macs);
    }

    private static InferenceSession Open(ModelProto model, bool profile)
    {
        using Model loaded = Model.FromProto(model, "measured model");
        return new InferenceSession(loaded, new SessionOptions { Profile = profile });
    }

    private static double Time(InferenceSession session, Tensor[] x)
    {
        long start = Stopwatch.GetTimestamp();
        session.Run(x);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
