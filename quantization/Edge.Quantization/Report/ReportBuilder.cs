using Edge.Quantization.Candidates;
using Edge.Quantization.Observers;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Quantization.Search;
using Edge.Tensors;

namespace Edge.Quantization.Report;

/// <summary>Puts what was decided, written and measured into a report.</summary>
internal sealed class ReportBuilder(Candidate candidate)
{
    private readonly QuantizationPlan _plan = candidate.Plan;
    private readonly ActivationRanges _ranges = candidate.Ranges;

    public static ReportedOptions Options(QuantizationOptions o) => new(
        o.PerChannel, o.SymmetricActivations, o.QuantizeBias, o.ChooseRanges ? "measured" : o.Ranges.Name, o.Equalize,
        o.Rounding != WeightRounding.Nearest ? "while rounding" : o.CorrectBias switch { BiasMethod.None => "none", BiasMethod.Analytic => "analytic", _ => "empirical" },
        o.Rounding switch { WeightRounding.Nearest => "nearest", WeightRounding.Feedback => "error feedback", _ => "learned" },
        [.. o.FloatOperators], [.. o.FloatNodes], o.Form, o.WeightBlock, o.AsymmetricWeights, o.Activations16.Count == 0 ? null : [.. o.Activations16],
        o.AbsorbBias, o.Smooth, o.ActivationProducts, o.FixedInputs.Count == 0 ? null : new SortedDictionary<string, double>(o.FixedInputs.ToDictionary(), StringComparer.Ordinal));

    /// <summary>The values inside the model that are compared: every result of a quantized layer.</summary>
    public IEnumerable<ComparedValue> Compared() => _plan.Quantized.SelectMany(u => u.Outputs.Select(o => Compared(u, o)));

    /// <param name="measured">Errors of results.</param>
    /// <param name="costs">What a search measured of layers with weights; null where there was none.</param>
    public List<LayerReport> Layers(Measurement measured, IReadOnlyList<LayerCost>? costs) =>
        [.. _plan.Quantized.Select(unit => new LayerReport(
            unit.Main.Name,
            unit.OpTypes,
            Weights(unit),
            [.. unit.Inputs.Select(i => Activation(i, unit.Wide && _plan.IsWide(i)))],
            unit.FloatResult ? [] : [.. unit.Outputs.Select(o => Activation(o, unit.Wide))],
            measured.Samples == 0 ? null : measured.Errors.GetValueOrDefault(Compared(unit, unit.Outputs[0]))?.SqnrDb,
            Cost(costs, unit.Main.Name)))];

    /// <summary>A row an output that could be compared; none where nothing was measured.</summary>
    public static List<OutputReport> Outputs(IEnumerable<ComparedValue> outputs, Measurement measured)
    {
        var rows = new List<OutputReport>();
        foreach (ComparedValue output in outputs)
            if (measured.Samples > 0 && measured.Errors.TryGetValue(output, out SignalToNoise? e)) rows.Add(new(output.Name, e.SqnrDb, e.MaxError, e.MeanError));
        return rows;
    }

    public List<FloatLayerReport> FloatLayers(IReadOnlyList<LayerCost>? costs) =>
        [.. _plan.Units.Where(u => u.Role == OperatorRole.Float && u.Reason is not (OperatorRoles.NotFloat or OperatorRoles.Constant))
            .SelectMany(u => u.Nodes.Select(n => new FloatLayerReport(n.Name, n.OpType, u.Reason, Cost(costs, n.Name))))];

    private static LayerCostReport? Cost(IReadOnlyList<LayerCost>? costs, string name) =>
        costs?.FirstOrDefault(c => c.Name == name) is { } c ? new LayerCostReport(c.Macs, c.FloatMilliseconds, c.Milliseconds, c.Error is { } e ? SignalToNoise.Db(1, e) : null) : null;

    private ComparedValue Compared(QuantizationUnit unit, string output) =>
        unit.FloatResult ? new(output, output, null) : new(output, candidate.Writer.Integers[output], _ranges.Parameters(output), candidate.Cut.Contains(output) ? _ranges.Range(output) : null);

    private ActivationReport Activation(string name, bool wide)
    {
        ValueRange range = _ranges.Range(name);
        QuantizationParameters p = ActivationParameters.Of(range, candidate.Options.SymmetricActivations, wide);
        ActivationStatistics statistics = candidate.Source.Statistics[name];
        string estimator = _plan.IsWide(name) ? RangeEstimators.MinMax.Name : candidate.Options.ChooseRanges && candidate.Source.Chosen?.GetValueOrDefault(name) is { } chosen ? chosen.Estimator : candidate.Options.Ranges.Name;
        return new ActivationReport(name, range.Min, range.Max, p.Scale, p.ZeroPoint, estimator, 100 * statistics.Histogram.ShareOutside(range), HistogramReport.Of(statistics), wide ? 16 : 8);
    }

    private WeightReport? Weights(QuantizationUnit unit) => candidate.Writer.Weights.GetValueOrDefault(unit) is not { } w ? null
        : new WeightReport(w.WeightMin, w.WeightMax, w.Weights.Scales.Min(), w.Weights.Scales.Max(), w.Weights.Scales.Length, w.Weights.SqnrDb, w.BiasMadeRoom, HistogramReport.Of(w.Weights));
}
