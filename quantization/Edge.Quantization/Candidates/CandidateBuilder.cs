using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Equalization;
using Edge.Quantization.Observers;
using Edge.Quantization.Report;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Opset;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Quantization.Rounding;
using Edge.Quantization.Search;

namespace Edge.Quantization.Candidates;

/// <summary>
/// Makes quantized models of one float model in several ways. What they have in common — the prepared model, the statistics
/// of its activations — is made once. Not synchronized.
/// </summary>
/// <param name="bytes">The float model as a file.</param>
/// <param name="samples">Calibration samples, limited to those that are to be used.</param>
/// <param name="progress">Told what is being done.</param>
/// <param name="cancellation">Looked at before each sample.</param>
internal sealed class CandidateBuilder(ReadOnlyMemory<byte> bytes, SampleReader samples, IProgress<QuantizationProgress>? progress, CancellationToken cancellation)
{
    /// <summary>Entry of a quantized model's metadata that holds the version of this library.</summary>
    public const string MetadataKey = "edge.quantization";

    /// <summary>Samples that biases are corrected and weights rounded on: enough for steady means, and each level of the network reads them anew.</summary>
    private const int CorrectedSamples = 48;

    private readonly Dictionary<(bool Equalized, bool Absorbed, double? Smoothed), PreparedModel> _prepared = [];

    public SampleReader Samples => samples;

    /// <summary>A quantized model after <paramref name="options"/>.</summary>
    /// <param name="options">How.</param>
    /// <param name="like">Another candidate, whose corrected biases and learned weights are taken over where a layer has the same scales; null to correct and learn anew.</param>
    /// <exception cref="ModelException">There is nothing to quantize, or a node cannot be; the message names it.</exception>
    public Candidate Build(QuantizationOptions options, Candidate? like = null)
    {
        PreparedModel prepared = Prepared(options);
        OnnxGraph graph = prepared.NewGraph();
        if (options.Activations16.Count > 0) OpsetUpgrade.Apply(graph, prepared.Facts, OpsetUpgrade.Newest);
        QuantizationPlan plan = QuantizationPlan.Make(graph, prepared.Facts, options.FloatEnds ? WithFloatEnds(graph, prepared.Facts, options) : options);
        if (!plan.Quantized.Any()) throw NothingToQuantize(plan);
        if (prepared.Statistics.Count == 0) RequireFiniteWeights(graph, plan);
        Observe(prepared, plan.Activations, options);
        if (options.ChooseRanges) Choose(prepared, graph, plan, options);
        Dictionary<string, ValueRange> observed = plan.Activations.ToDictionary(a => a, a => plan.IsWide(a) ? Extremes(prepared, a) : Range(prepared, a, options));
        Dictionary<string, ValueRange> used = FlatTails.Cut(graph, plan, observed, options.Sessions);
        ActivationRanges ranges = ActivationRanges.Of(plan, used, options.SymmetricActivations);
        var writer = new QdqWriter(graph, plan, ranges, options);
        writer.Write();
        graph.Model.MetadataProps.RemoveAll(p => p.Key == MetadataKey);
        graph.Model.MetadataProps.Add(new StringStringEntryProto { Key = MetadataKey, Value = Quantizer.Version });
        var candidate = new Candidate(prepared, options, graph, plan, ranges, writer, used.Keys.Where(k => used[k] != observed[k]).ToHashSet());
        if (like is not null) LayerMemory.TakeOver(like, candidate);
        else if (options.Rounding != WeightRounding.Nearest)
        {
            LayerwiseRounding.Run(
                candidate, options.Rounding == WeightRounding.Learned ? BestRounding.Thorough : BestRounding.Quick, samples.Take(CorrectedSamples),
                (done, total) => progress?.Report(new(QuantizationStage.LearnRounding, done, total, Name(options.Rounding))), cancellation);
        }
        else if (options.CorrectBias == BiasMethod.Empirical) BiasCorrection.Empirical(candidate, samples.Take(CorrectedSamples), Corrected, cancellation);
        else if (options.CorrectBias == BiasMethod.Analytic) BiasCorrection.Analytic(candidate, samples.Take(CorrectedSamples), Corrected, cancellation);
        return candidate;
    }

    /// <summary>Tries whether the model can have 16-bit activations at all.</summary>
    /// <exception cref="ModelException">A node has no form in an operator set that knows them.</exception>
    public void RequireWideForm(QuantizationOptions options)
    {
        PreparedModel prepared = Prepared(options);
        OpsetUpgrade.Apply(prepared.NewGraph(), prepared.Facts, OpsetUpgrade.Newest);
    }

    private void Corrected(int done, int total) => progress?.Report(new(QuantizationStage.CorrectBias, done, total));

    /// <summary>First and last are those of the whole network, whatever a search leaves in float besides.</summary>
    private static QuantizationOptions WithFloatEnds(OnnxGraph graph, TensorFacts facts, QuantizationOptions options)
    {
        QuantizationPlan whole = QuantizationPlan.Make(graph, facts, options with { KeptFloat = new Dictionary<string, string>() });
        var kept = EndLayers.Of(graph, whole).ToDictionary(n => n, _ => "first and last layers are kept in float by option");
        foreach ((string node, string why) in options.KeptFloat) kept[node] = why;
        return options with { KeptFloat = kept };
    }

    /// <summary>Forgets all prepared models but that of a candidate: what a search has turned down it does not come back to.</summary>
    public void KeepOnly(Candidate candidate)
    {
        foreach (var key in _prepared.Keys.Where(k => _prepared[k] != candidate.Source).ToArray()) _prepared.Remove(key);
    }

    /// <summary>The model in the form that is quantized.</summary>
    private PreparedModel Prepared(QuantizationOptions options)
    {
        (bool, bool, double?) key = (options.Equalize, options.AbsorbBias, options.Smooth);
        if (_prepared.TryGetValue(key, out PreparedModel? known)) return known;
        progress?.Report(new(QuantizationStage.Prepare, 0, 1));
        (OnnxGraph graph, TensorFacts facts) = ModelPreparation.Prepare(OnnxReader.Read(bytes, "the model"), samples, options.Sessions);
        var changes = new PreparationReport(
            options.Smooth is { } alpha ? SmoothQuant.Apply(graph, facts, Channels(graph, facts, SmoothQuant.Values(graph, facts), options), alpha) : [],
            options.Equalize ? CrossLayerEqualization.Apply(graph, facts, Channels(graph, facts, CrossLayerEqualization.ClippedValues(graph, facts), options)) : [],
            options.AbsorbBias ? BiasAbsorption.Apply(graph, facts, Channels(graph, facts, BiasAbsorption.Values(graph, facts), options)) : []);
        var prepared = new PreparedModel(ModelBytes.Of(graph.Model), facts, changes);
        _prepared[key] = prepared;
        SpareMemory.Return();
        progress?.Report(new(QuantizationStage.Prepare, 1, 1));
        return prepared;
    }

    /// <summary>Whether the model has activations whose outliers <see cref="SmoothQuant"/> could move into weights, as transformers have.</summary>
    public static bool CanSmooth(Candidate candidate) => SmoothQuant.HasNormalized(candidate.Source.NewGraph(), candidate.Source.Facts);

    /// <summary>Whether there are channels between layers whose ranges <see cref="CrossLayerEqualization"/> could even out.</summary>
    public static bool CanEqualize(Candidate candidate) => CrossLayerEqualization.HasSets(candidate.Source.NewGraph(), candidate.Source.Facts);

    private Dictionary<string, ChannelStatistics> Channels(OnnxGraph graph, TensorFacts facts, IReadOnlyDictionary<string, int> values, QuantizationOptions options) =>
        ChannelStatistics.Gather(graph.Model, values, samples, options.Sessions, done => progress?.Report(new(QuantizationStage.Equalize, done, samples.Count)), cancellation, facts);

    /// <summary>A weight that is not finite makes all that follows so, too; it is the weight that the user must hear of.</summary>
    private static void RequireFiniteWeights(OnnxGraph graph, QuantizationPlan plan)
    {
        foreach (NodeProto node in plan.Quantized.Where(u => u.Role == OperatorRole.Product).Select(u => u.Main))
        {
            if (graph.Constant(node.Inputs[1]) is not { IsFloat: true } weights || weights.Floats().All(float.IsFinite)) continue;
            throw new ModelException($"{OnnxGraph.Describe(node)}: '{weights.Name}' holds {weights.Floats().First(v => !float.IsFinite(v))}, which cannot be quantized; keep the node in float");
        }
    }

    /// <summary>Gathers the statistics that are not there yet.</summary>
    private void Observe(PreparedModel prepared, IReadOnlyList<string> activations, QuantizationOptions options)
    {
        string[] missing = [.. activations.Where(a => !prepared.Statistics.ContainsKey(a))];
        if (missing.Length == 0) return;
        (Dictionary<string, ActivationStatistics> statistics, int count) = ActivationCalibration.Run(
            prepared.NewModel(), prepared.Facts, missing, samples, options.Sessions, (done, total) => progress?.Report(new(QuantizationStage.Calibrate, done, total)), cancellation);
        foreach ((string activation, ActivationStatistics s) in statistics) prepared.Statistics[activation] = s;
        prepared.Samples = count;
    }

    /// <summary>Chooses the ranges that are not chosen yet; those of a plan with fewer layers are among those of one with more.</summary>
    private void Choose(PreparedModel prepared, OnnxGraph graph, QuantizationPlan plan, QuantizationOptions options)
    {
        if (prepared.Chosen is not null) return;
        prepared.Chosen = new RangeSearch(samples, options).Choose(
            prepared, graph, plan, (done, total) => progress?.Report(new(QuantizationStage.ChooseRanges, done, total)), cancellation);
    }

    private static string Name(WeightRounding rounding) => rounding == WeightRounding.Learned ? "as learned" : "by error feedback";

    /// <summary>16 bits have codes for everything that was seen.</summary>
    private static ValueRange Extremes(PreparedModel prepared, string activation)
    {
        ActivationStatistics statistics = prepared.Statistics[activation];
        return statistics.Samples == 0 ? new ValueRange(0, 0) : RangeEstimators.MinMax.Estimate(statistics, ActivationParameters.WideSteps);
    }

    private static ValueRange Range(PreparedModel prepared, string activation, QuantizationOptions options)
    {
        if (options.ChooseRanges && prepared.Chosen?.GetValueOrDefault(activation) is { } chosen) return chosen.Range;
        ActivationStatistics statistics = prepared.Statistics[activation];
        return statistics.Samples == 0 ? new ValueRange(0, 0) : options.Ranges.Estimate(statistics, ActivationParameters.Steps);
    }

    private static ModelException NothingToQuantize(QuantizationPlan plan)
    {
        string[] kept = [.. plan.Units.Where(u => u.Main.OpType is "Conv" or "Gemm" or "MatMul").Select(u => $"{OnnxGraph.Describe(u.Main)}: {u.Reason}").Take(4)];
        return new ModelException(kept.Length == 0
            ? "nothing to quantize: the model has no Conv, Gemm or MatMul"
            : $"nothing to quantize: every Conv, Gemm and MatMul stays float ({string.Join("; ", kept)})");
    }
}
