using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Metrics;
using Edge.Quantization.Observers;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Quantization.Search.Noise;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Search;

/// <summary>A candidate and how good it is.</summary>
internal sealed record Tried(string Name, Candidate Candidate, EvaluationResult Result, double Drop, bool Kept);

/// <summary>What is remembered of a candidate, whether or not it is built on: not the model, of which a search makes dozens.</summary>
internal sealed record SearchStep(string Name, double Value, double Drop, double SqnrDb, bool Kept, bool Taken);

/// <summary>What came of a search.</summary>
/// <param name="Best">The model that was found.</param>
/// <param name="Steps">All that were tried, in order.</param>
/// <param name="Layers">Layers with weights of the candidate that the free steps ended with: what they add to the error (where measured), time in float and in integers.</param>
/// <param name="Latency">Of the best model.</param>
/// <param name="FloatMacsPercent">Share of the multiply-accumulates that the search left in float.</param>
/// <param name="WideMacsPercent">Share of them whose activations have 16 bits.</param>
/// <param name="Interval">Of the best model's drop; null where the samples are too few to tell.</param>
/// <param name="Unseen">On other data; null where there is none.</param>
internal sealed record SearchResult(
    Tried Best, IReadOnlyList<SearchStep> Steps, IReadOnlyList<LayerCost> Layers, LatencyPair Latency, double FloatMacsPercent,
    double WideMacsPercent, DropInterval? Interval, UnseenResult? Unseen);

/// <summary>How the best model does on data that the search did not see.</summary>
internal sealed record UnseenResult(EvaluationResult Result, double Drop, bool Kept, DropInterval? Interval);

/// <summary>What one layer costs.</summary>
/// <param name="Name">Name of its first node.</param>
/// <param name="Macs">Multiply-accumulates of a run.</param>
/// <param name="FloatMilliseconds">Time in the float model; null where no step of it has the name.</param>
/// <param name="Milliseconds">Time in the quantized model.</param>
/// <param name="Error">What its rounded weights, inputs and result add to the relative error of the model's outputs; null where not measured.</param>
internal sealed record LayerCost(string Name, long Macs, double? FloatMilliseconds, double? Milliseconds, double? Error)
{
    /// <summary>Whether integers are notably slower here: by a tenth and two microseconds.</summary>
    public bool IsSlower => FloatMilliseconds is { } f && Milliseconds is { } q && q > f * 1.1 && q > f + 0.002;
}

/// <summary>
/// Climbs a ladder until a promise is kept. The first rungs cost nothing at run time — better ranges, corrected biases,
/// equalized layers, learned rounding — and each is built on only if it helps. Where they do not suffice, the fewest layers
/// stay float (or get 16-bit activations), those first whose noise is large for what float costs there in measured time (<see cref="FloatOrder"/>). At last, layers that this
/// machine computes more slowly in integers go back to float if the whole model gains by it.
/// </summary>
internal sealed class PromiseSearch(
    ReadOnlyMemory<byte> original, CandidateBuilder builder, AccuracyPromise promise, QuantizationOptions options, IProgress<QuantizationProgress>? progress, CancellationToken cancellation)
{
    /// <summary>A rung is an improvement if the error of the outputs falls to so much of what it was.</summary>
    private const double Gain = 0.98;

    /// <summary>Errors up to so much larger are as good as equal, and the metric decides.</summary>
    private const double Alike = 1.15;

    /// <summary>The whole model must become so much faster for layers to go back to float for speed.</summary>
    private const double Faster = 0.97;

    /// <summary>Least cost of a layer in float, as a share of the model's time: what is below is noise.</summary>
    private const double LeastCost = 0.002;

    /// <summary>Least cost of a layer in float, as a share of its time there.</summary>
    private const double LeastShareOfFloat = 0.4;

    /// <summary>Least share of the error that comes from weights for it to be worth minutes of learning how to round them.</summary>
    private const double LearnableShare = 0.1;

    /// <summary>The first trial of layers in float is with as many as leave so much of the error.</summary>
    private const double FirstLeft = 0.25;

    private readonly SampleReader _samples = new(promise.Samples, null);
    private readonly FloatAnswers _answers = new(() => OnnxReader.Read(original, "the float model"), options.Sessions);
    private readonly List<SearchStep> _steps = [];

    /// <exception cref="ModelException">Nothing can be quantized, or, before anything is tried, 16-bit activations were asked for and the model cannot have them.</exception>
    public SearchResult Run()
    {
        if (options.Fallback == SearchFallback.SixteenBits) builder.RequireWideForm(options);
        Tried best = Climb();
        Tensor[] input = FirstSample(best.Candidate);
        List<LayerCost> layers = Costs(best.Candidate, input);
        if (!best.Kept) best = LeaveFloat(best, ref layers, input);
        // Who asks for 16-bit activations has an accelerator in mind that computes no layer in float.
        if (options.ForThisMachine && options.Fallback == SearchFallback.Float) best = DropSlowLayers(best, layers, input);
        LatencyPair latency = LatencyMeasurement.Compare(Float(), best.Candidate.Model, input, cancellation);
        HashSet<string> asked = [.. options.Activations16], wide = [.. best.Candidate.Options.Activations16.Where(n => !asked.Contains(n))];
        double Share(Func<LayerCost, bool> which) => layers.Sum(l => l.Macs) is > 0 and var all ? 100.0 * layers.Where(which).Sum(l => l.Macs) / all : 0;
        return new SearchResult(
            best, _steps, layers, latency, Share(l => best.Candidate.Options.KeptFloat.ContainsKey(l.Name)), Share(l => wide.Contains(l.Name)), Interval(best), Unseen(best.Candidate));
    }

    private DropInterval? Interval(Tried best)
    {
        if (best.Result.Samples < DropSpread.LeastSamples) return null;
        var spread = new DropSpread(promise.Metric);
        Evaluate("how sure the drop is", best.Candidate, _samples, promise.Metric, _answers, spread);
        return spread.Of(promise, best.Drop);
    }

    private UnseenResult? Unseen(Candidate candidate)
    {
        if (promise.Unseen is not { } unseen) return null;
        var spread = new DropSpread(unseen.Metric);
        var answers = new FloatAnswers(Float, options.Sessions, mostBytes: 0);
        EvaluationResult r = Evaluate("on unseen samples", candidate, new SampleReader(unseen.Samples, null), unseen.Metric, answers, spread);
        double drop = promise.Drop(r.FloatValue, r.Value);
        return new UnseenResult(r, drop, promise.Keeps(r.FloatValue, r.Value), spread.Of(promise, drop));
    }

    private Tried Climb()
    {
        Tried best = Try($"{options.Ranges.Name} ranges", options);
        Take(best, true);
        foreach ((string name, QuantizationOptions next) in Rungs(best))
        {
            if (best.Kept) break;
            if (!IsWorthIt(next, best)) continue;
            Tried step = Try(name, Merge(best.Candidate.Options, next));
            bool better = IsBetter(step, best);
            Take(step, better);
            if (better) best = step;
            builder.KeepOnly(best.Candidate);
        }
        return best;
    }

    /// <summary>Each rung by name, with the one option that it sets; those first that take seconds.</summary>
    private IEnumerable<(string Name, QuantizationOptions Options)> Rungs(Tried plain)
    {
        QuantizationOptions o = options;
        if (!o.ChooseRanges && o.Ranges == RangeEstimators.MinMax) yield return ($"{RangeEstimators.LeastError.Name} ranges", o with { Ranges = RangeEstimators.LeastError });
        if (o.CorrectBias == BiasMethod.None) yield return ("biases corrected for weights", o with { CorrectBias = BiasMethod.Analytic });
        if (o.CorrectBias != BiasMethod.Empirical) yield return ("biases corrected as measured", o with { CorrectBias = BiasMethod.Empirical });
        if (o.Rounding == WeightRounding.Nearest) yield return ("weights rounded by error feedback", o with { Rounding = WeightRounding.Feedback });
        if (!o.ChooseRanges) yield return ("ranges by measured error", o with { ChooseRanges = true });
        if (o.Smooth is null && CandidateBuilder.CanSmooth(plain.Candidate)) yield return ("outliers smoothed into weights", o with { Smooth = 0.5 });
        if (!o.Equalize && CandidateBuilder.CanEqualize(plain.Candidate)) yield return ("equalized channels", o with { Equalize = true });
        if (o.Rounding != WeightRounding.Learned) yield return ("weights rounded as learned", o with { Rounding = WeightRounding.Learned });
    }

    /// <summary>Learning takes the longest of all rungs, and takes away nothing but what weights add to the error.</summary>
    private bool IsWorthIt(QuantizationOptions rung, Tried best) =>
        rung.Rounding != WeightRounding.Learned || options.Rounding == WeightRounding.Learned
        || new NoiseMeasurement(builder.Samples, options, cancellation).OfWeights(builder.Build(OnItsOwn(best.Candidate.Options))) >= LearnableShare * best.Result.Error.Relative;

    /// <summary>Weights and biases that do not make up for what other layers do.</summary>
    private static QuantizationOptions OnItsOwn(QuantizationOptions o) => o with { Rounding = WeightRounding.Nearest, CorrectBias = BiasMethod.Analytic };

    /// <summary>What a rung sets on top of what earlier ones did.</summary>
    private QuantizationOptions Merge(QuantizationOptions best, QuantizationOptions rung) => best with
    {
        Ranges = rung.Ranges != options.Ranges ? rung.Ranges : best.Ranges,
        ChooseRanges = best.ChooseRanges || rung.ChooseRanges,
        CorrectBias = rung.CorrectBias > best.CorrectBias ? rung.CorrectBias : best.CorrectBias,
        Equalize = best.Equalize || rung.Equalize,
        Smooth = best.Smooth ?? rung.Smooth,
        Rounding = rung.Rounding > best.Rounding ? rung.Rounding : best.Rounding,
    };

    private Tried Try(string name, QuantizationOptions o, Candidate? like = null) => Judge(name, builder.Build(o, like));

    private Tried Judge(string name, Candidate candidate)
    {
        SpareMemory.Return();
        EvaluationResult result = Evaluate(name, candidate, _samples, promise.Metric, _answers, null);
        return new Tried(name, candidate, result, promise.Drop(result.FloatValue, result.Value), promise.Keeps(result.FloatValue, result.Value));
    }

    private EvaluationResult Evaluate(string name, Candidate candidate, SampleReader samples, IAccuracyMetric metric, FloatAnswers answers, DropSpread? spread) => Evaluation.Run(
        answers, candidate.Model, samples, metric, options.Sessions, (done, total) => progress?.Report(new(QuantizationStage.Evaluate, done, total, name)), cancellation, spread);

    private void Take(Tried step, bool taken) => _steps.Add(new(step.Name, step.Result.Value, step.Drop, step.Result.Error.SqnrDb, step.Kept, taken));

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
        promise.Metric.CountsAnswers && !promise.Relative && r.SameTop is { } same ? 50 * Math.Sqrt(Math.Max(1, r.Samples - same)) / r.Samples : 0.1 * promise.MaxDrop;

    /// <summary>The fewest layers in float with which the promise is kept; all layers that help if none does.</summary>
    private Tried LeaveFloat(Tried best, ref List<LayerCost> layers, Tensor[] input)
    {
        NoiseProfile noise = new NoiseMeasurement(builder.Samples, options, cancellation).Of(
            builder.Build(OnItsOwn(best.Candidate.Options)), (done, total) => progress?.Report(new(QuantizationStage.Sensitivity, done, total)));
        Dictionary<string, QuantizationUnit> units = PlannedLayers(best.Candidate.Plan).ToDictionary(u => u.Main.Name);
        layers = [.. layers.Select(l => l with { Error = Noise(noise, units[l.Name]) })];
        double least = LeastCost * layers.Sum(CostInIntegers);
        Dictionary<string, double> costs = layers.ToDictionary(l => l.Name, l => Math.Max(least, CostOfFloat(l)));
        // All in float would not be a quantized model; all with 16-bit activations is one.
        FloatStep[] steps = [.. FloatOrder.Of(best.Candidate.Plan, noise, l => costs[l]).Where(s => options.Fallback == SearchFallback.SixteenBits || s.Layers.Count < units.Count)];
        double all = noise.Activations.Values.Sum() + noise.Weights.Values.Sum();
        // The error falls with every step, and the metric about with the error, so that halving finds the fewest.
        Tried? kept = null;
        int low = 0, high = steps.Length - 1, next = Array.FindIndex(steps, s => s.ErrorLeft <= FirstLeft * all);
        Tried closest = best;
        while (low <= high)
        {
            int at = next >= low && next <= high ? next : (low + high) / 2;
            next = -1;
            IReadOnlyList<string> names = steps[at].Layers;
            Tried step = TryRelieved($"{names.Count} of {layers.Count} layers {(options.Fallback == SearchFallback.Float ? "in float" : "with 16-bit activations")}", best, names);
            // Fewer layers that keep the promise are better than more, however close those are.
            bool better = step.Kept || (kept is null && IsBetter(step, closest));
            Take(step, better);
            if (better) closest = step;
            if (step.Kept)
            {
                kept = step;
                high = at - 1;
            }
            else low = at + 1;
        }
        if (kept is null && closest != best && HasLearned(closest.Candidate.Options))
        {
            Tried anew = Try($"{closest.Name}, the others learned anew", closest.Candidate.Options);
            bool better = IsBetter(anew, closest);
            Take(anew, better);
            if (better) closest = anew;
        }
        return kept ?? closest;
    }

    /// <summary>
    /// What was learned with other layers in integers makes up for their errors, and may do more harm than good once these are
    /// float. Both are tried: what was learned, and weights and biases that make up for nothing but themselves.
    /// </summary>
    private Tried TryRelieved(string name, Tried best, IReadOnlyList<string> layers)
    {
        QuantizationOptions o = Relieve(best.Candidate, layers);
        Tried learned = Try(name, o, best.Candidate);
        if (learned.Kept || !HasLearned(o)) return learned;
        Tried own = Try(name, OnItsOwn(o));
        return IsBetter(own, learned) ? own : learned;
    }

    private static bool HasLearned(QuantizationOptions o) => o.Rounding != WeightRounding.Nearest || o.CorrectBias == BiasMethod.Empirical;

    private static double Noise(NoiseProfile noise, QuantizationUnit unit) =>
        noise.Weights.GetValueOrDefault(unit.Main.Name) + unit.Inputs.Concat(unit.Outputs).Sum(a => noise.Activations.GetValueOrDefault(a));

    /// <summary>The quantized units that have weights or multiply activations: those between which a search may choose.</summary>
    private static QuantizationUnit[] PlannedLayers(QuantizationPlan plan) => [.. plan.Quantized.Where(u => u.Role == OperatorRole.Product)];

    private double CostInIntegers(LayerCost l) => options.ForThisMachine ? l.Milliseconds ?? 0 : l.Macs;

    /// <summary>
    /// What float costs more than integers. Even where float is as fast, its tensors are four times as large, and values are
    /// converted where it meets integers: that counts for a part of its time. Without times, three times as much as integers is
    /// a fair guess.
    /// </summary>
    private double CostOfFloat(LayerCost l) =>
        options.ForThisMachine ? Math.Max((l.FloatMilliseconds ?? 0) - (l.Milliseconds ?? 0), LeastShareOfFloat * (l.FloatMilliseconds ?? 0)) : 2.0 * l.Macs;

    /// <summary>Puts the layers in float that integers make slower on this machine, if the whole model is faster for it.</summary>
    private Tried DropSlowLayers(Tried best, List<LayerCost> layers, Tensor[] input)
    {
        string[] slow = [.. layers.Where(l => l.IsSlower && !best.Candidate.Options.KeptFloat.ContainsKey(l.Name)).Select(l => l.Name)];
        int quantized = PlannedLayers(best.Candidate.Plan).Length;
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

    /// <summary>Gives layers that lose too much in 8 bits what the options say.</summary>
    private QuantizationOptions Relieve(Candidate candidate, IReadOnlyList<string> layers) => options.Fallback == SearchFallback.Float
        ? InFloat(candidate.Options, layers, "its quantization costs the most accuracy for the time that it saves")
        : candidate.Options with { Activations16 = [.. candidate.Options.Activations16, .. layers, .. Between(candidate.Plan, layers)] };

    /// <summary>Units without weights whose results only units with 16 bits read: with 8 they would lose what the others keep.</summary>
    private static List<string> Between(QuantizationPlan plan, IReadOnlyList<string> layers)
    {
        HashSet<string> wide = [.. layers];
        List<string> between = [];
        QuantizationUnit[] units = [.. plan.Quantized];
        foreach (QuantizationUnit unit in units.Reverse().Where(u => u.Role != OperatorRole.Product))
        {
            if (!units.Where(r => r.Inputs.Exists(unit.Outputs.Contains)).All(r => wide.Contains(r.Main.Name))) continue;
            wide.Add(unit.Main.Name);
            // What only moves elements has the width of what it reads.
            if (unit.Role != OperatorRole.Move) between.Add(unit.Main.Name);
        }
        return between;
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
            .. PlannedLayers(candidate.Plan).Select(u => new LayerCost(
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
