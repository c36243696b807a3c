using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Search;

/// <summary>A candidate and how good it is.</summary>
internal sealed record Tried(string Name, Candidate Candidate, EvaluationResult Result, double Drop, bool Kept);

/// <summary>What came of a search.</summary>
/// <param name="Best">The model that was found.</param>
/// <param name="Steps">All that were tried, in order, and which of them were built on.</param>
/// <param name="Layers">Layers with weights of the plain candidate: error when only they are quantized (where measured), time in float and in integers.</param>
/// <param name="Latency">Of the best model.</param>
/// <param name="FloatMacsPercent">Share of the multiply-accumulates that the search left in float.</param>
internal sealed record SearchResult(
    Tried Best, IReadOnlyList<(Tried Step, bool Taken)> Steps, IReadOnlyList<LayerCost> Layers, LatencyPair Latency, double FloatMacsPercent);

/// <summary>What one layer costs.</summary>
/// <param name="Name">Name of its first node.</param>
/// <param name="Macs">Multiply-accumulates of a run.</param>
/// <param name="FloatMilliseconds">Time in the float model; null where no step of it has the name.</param>
/// <param name="Milliseconds">Time in the quantized model.</param>
/// <param name="Error">Relative error of the model's outputs when only this layer is quantized; null where not measured.</param>
internal sealed record LayerCost(string Name, long Macs, double? FloatMilliseconds, double? Milliseconds, double? Error)
{
    /// <summary>Whether integers are notably slower here: by a tenth and two microseconds.</summary>
    public bool IsSlower => FloatMilliseconds is { } f && Milliseconds is { } q && q > f * 1.1 && q > f + 0.002;
}

/// <summary>
/// Climbs a ladder until a promise is kept. The first rungs cost nothing at run time — better ranges, corrected biases,
/// equalized layers, learned rounding — and each is built on only if it helps. Where they do not suffice, the fewest layers
/// stay float, those first whose noise is large for what float costs there in measured time. At last, layers that this
/// machine computes more slowly in integers go back to float if the whole model gains by it.
/// </summary>
internal sealed class PromiseSearch(
    byte[] original, CandidateBuilder builder, AccuracyPromise promise, QuantizationOptions options, IProgress<QuantizationProgress>? progress, CancellationToken cancellation)
{
    /// <summary>A rung is an improvement if the error of the outputs falls to so much of what it was.</summary>
    private const double Gain = 0.98;

    /// <summary>Errors up to so much larger are as good as equal, and the metric decides.</summary>
    private const double Alike = 1.15;

    /// <summary>The whole model must become so much faster for layers to go back to float for speed.</summary>
    private const double Faster = 0.97;

    /// <summary>Least cost of a layer in float, as a share of the model's time: what is below is noise.</summary>
    private const double LeastCost = 0.002;

    private readonly SampleReader _samples = new(promise.Samples, null);
    private readonly List<(Tried Step, bool Taken)> _steps = [];

    public SearchResult Run()
    {
        Tried best = Climb();
        Tensor[] input = FirstSample(best.Candidate);
        List<LayerCost> layers = Costs(best.Candidate, input);
        if (!best.Kept) best = LeaveFloat(best, ref layers, input);
        if (options.ForThisMachine) best = DropSlowLayers(best, layers, input);
        LatencyPair latency = LatencyMeasurement.Compare(Float(), best.Candidate.Model, input, cancellation);
        long all = layers.Sum(l => l.Macs), left = layers.Where(l => best.Candidate.Options.KeptFloat.ContainsKey(l.Name)).Sum(l => l.Macs);
        return new SearchResult(best, _steps, layers, latency, all == 0 ? 0 : 100.0 * left / all);
    }

    private Tried Climb()
    {
        Tried best = Try($"{options.Ranges.Name} ranges", options);
        Take(best, true);
        foreach ((string name, QuantizationOptions next) in Rungs(best))
        {
            if (best.Kept) break;
            Tried step = Try(name, Merge(best.Candidate.Options, next));
            bool better = IsBetter(step, best);
            Take(step, better);
            if (better) best = step;
        }
        return best;
    }

    /// <summary>Each rung by name, with the one option that it sets.</summary>
    private IEnumerable<(string Name, QuantizationOptions Options)> Rungs(Tried plain)
    {
        QuantizationOptions o = options;
        if (!o.CorrectBias) yield return ("corrected biases", o with { CorrectBias = true });
        if (!o.ChooseRanges) yield return ("ranges by measured error", o with { ChooseRanges = true });
        if (o.Rounding == WeightRounding.Nearest) yield return ("weights rounded by error feedback", o with { Rounding = WeightRounding.Feedback });
        if (o.Smooth is null && CandidateBuilder.CanSmooth(plain.Candidate)) yield return ("outliers smoothed into weights", o with { Smooth = 0.5 });
        if (!o.Equalize) yield return ("equalized channels", o with { Equalize = true });
        if (o.Rounding != WeightRounding.Learned) yield return ("weights rounded as learned", o with { Rounding = WeightRounding.Learned });
    }

    /// <summary>What a rung sets on top of what earlier ones did.</summary>
    private static QuantizationOptions Merge(QuantizationOptions best, QuantizationOptions rung) => best with
    {
        ChooseRanges = best.ChooseRanges || rung.ChooseRanges,
        CorrectBias = best.CorrectBias || rung.CorrectBias,
        Equalize = best.Equalize || rung.Equalize,
        Smooth = best.Smooth ?? rung.Smooth,
        Rounding = rung.Rounding > best.Rounding ? rung.Rounding : best.Rounding,
    };

    private Tried Try(string name, QuantizationOptions o, Candidate? like = null) => Judge(name, builder.Build(o, like));

    private Tried Judge(string name, Candidate candidate)
    {
        EvaluationResult result = Evaluation.Run(
            Float(), candidate.Model, _samples, promise.Metric, options.Sessions,
            (done, total) => progress?.Report(new(QuantizationStage.Evaluate, done, total, name)), cancellation);
        return new Tried(name, candidate, result, promise.Drop(result.FloatValue, result.Value), promise.Keeps(result.FloatValue, result.Value));
    }

    private void Take(Tried step, bool taken) => _steps.Add((step, taken));

    /// <summary>
    /// Whether to build on a step. The error of the outputs is the steadier sign of the two: a metric moves by chance with
    /// every sample whose answer is a close call, and decides only where it moves by more than that.
    /// </summary>
    private bool IsBetter(Tried step, Tried best)
    {
        if (step.Kept != best.Kept) return step.Kept;
        double chance = Chance(best.Result);
        if (step.Drop > best.Drop + chance) return false;
        double error = step.Result.Error.Relative / Math.Max(best.Result.Error.Relative, double.Epsilon);
        return error < Gain || step.Drop < best.Drop - (2 * chance) || (error < Alike && step.Drop < best.Drop - (chance / 2));
    }

    /// <summary>How far the metric moves by chance: of a share, half a standard deviation of the number of answers that changed.</summary>
    private double Chance(EvaluationResult r) =>
        promise.Metric.Unit == "%" && !promise.Relative && r.SameTop is { } same ? 50 * Math.Sqrt(Math.Max(1, r.Samples - same)) / r.Samples : 0.1 * promise.MaxDrop;

    /// <summary>The fewest layers in float with which the promise is kept; all layers that help if none does.</summary>
    private Tried LeaveFloat(Tried best, ref List<LayerCost> layers, Tensor[] input)
    {
        Dictionary<string, double> errors = LayerSensitivity.Measure(
            builder, best.Candidate, (done, total) => progress?.Report(new(QuantizationStage.Sensitivity, done, total)), cancellation);
        layers = [.. layers.Select(l => l with { Error = errors.TryGetValue(l.Name, out double e) ? e : null })];
        double least = LeastCost * layers.Sum(CostInIntegers);
        string[] order =
        [
            .. layers.Where(l => l.Error is > 0)
                .OrderByDescending(l => l.Error / Math.Max(least, CostOfFloat(l)))
                .Select(l => l.Name),
        ];
        if (order.Length == layers.Count) order = order[..^1];
        // The metric falls about steadily with the number of layers, so that halving finds the fewest.
        Tried? kept = null;
        int low = 1, high = order.Length;
        Tried closest = best;
        while (low <= high)
        {
            int count = kept is null && low == 1 && high == order.Length ? Math.Min(order.Length, Math.Max(1, order.Length / 8)) : (low + high) / 2;
            Tried step = Try($"{count} of {layers.Count} layers in float", InFloat(best.Candidate.Options, order.Take(count), "its quantization costs the most accuracy for the time that it saves"), best.Candidate);
            // Fewer layers that keep the promise are better than more, however close those are.
            bool better = step.Kept || (kept is null && IsBetter(step, closest));
            Take(step, better);
            if (better) closest = step;
            if (step.Kept)
            {
                kept = step;
                high = count - 1;
            }
            else low = count + 1;
        }
        return kept ?? closest;
    }

    private double CostInIntegers(LayerCost l) => options.ForThisMachine ? l.Milliseconds ?? 0 : l.Macs;

    /// <summary>What float costs more than integers; without times, three times as much as integers is a fair guess.</summary>
    private double CostOfFloat(LayerCost l) => options.ForThisMachine ? (l.FloatMilliseconds ?? 0) - (l.Milliseconds ?? 0) : 2.0 * l.Macs;

    /// <summary>Puts the layers in float that integers make slower on this machine, if the whole model is faster for it.</summary>
    private Tried DropSlowLayers(Tried best, List<LayerCost> layers, Tensor[] input)
    {
        string[] slow = [.. layers.Where(l => l.IsSlower && !best.Candidate.Options.KeptFloat.ContainsKey(l.Name)).Select(l => l.Name)];
        int quantized = LayerSensitivity.Layers(best.Candidate.Plan).Length;
        if (slow.Length == 0 || slow.Length == quantized) return best;
        QuantizationOptions o = InFloat(best.Candidate.Options, slow, "integers are slower here on this machine");
        Candidate candidate = builder.Build(o, best.Candidate);
        LatencyPair pair = LatencyMeasurement.Compare(best.Candidate.Model, candidate.Model, input, cancellation);
        if (pair.Milliseconds > pair.FloatMilliseconds * Faster) return best;
        Tried step = Judge($"{slow.Length} layers that are faster in float", candidate);
        bool take = step.Kept || !best.Kept;
        Take(step, take);
        return take ? step : best;
    }

    private static QuantizationOptions InFloat(QuantizationOptions o, IEnumerable<string> nodes, string reason)
    {
        var kept = new Dictionary<string, string>(o.KeptFloat);
        foreach (string node in nodes) kept.TryAdd(node, reason);
        return o with { KeptFloat = kept };
    }

    private List<LayerCost> Costs(Candidate candidate, Tensor[] input)
    {
        progress?.Report(new(QuantizationStage.Time, 0, 1));
        ModelProto real = candidate.Source.NewModel();
        Dictionary<string, double> inFloat = LatencyMeasurement.ByNode(real, input, cancellation), inIntegers = LatencyMeasurement.ByNode(candidate.Model, input, cancellation);
        Dictionary<string, long> macs = LatencyMeasurement.Macs(real, input).ByNode;
        progress?.Report(new(QuantizationStage.Time, 1, 1));
        return
        [
            .. LayerSensitivity.Layers(candidate.Plan).Select(u => new LayerCost(
                u.Main.Name, u.Nodes.Sum(n => macs.GetValueOrDefault(n.Name)), Sum(inFloat, u), Sum(inIntegers, u), null)),
        ];
    }

    private static double? Sum(Dictionary<string, double> times, QuantizationUnit unit)
    {
        double[] found = [.. unit.Nodes.Where(n => times.ContainsKey(n.Name)).Select(n => times[n.Name])];
        return found.Length == 0 ? null : found.Sum();
    }

    private Tensor[] FirstSample(Candidate candidate)
    {
        using IInferenceSession session = options.Sessions(candidate.Model, "quantized model");
        return [.. builder.Samples.Take(1).Read(session.Inputs).First().Select(t => t.Clone())];
    }

    private ModelProto Float() => OnnxReader.Read(original, "the float model");
}
