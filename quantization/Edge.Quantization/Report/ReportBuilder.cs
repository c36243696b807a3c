using Edge.Quantization.Observers;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Tensors;

namespace Edge.Quantization.Report;

/// <summary>Puts what was decided, written and measured into a report.</summary>
/// <param name="plan">What is quantized.</param>
/// <param name="ranges">With which parameters.</param>
/// <param name="writer">After writing.</param>
/// <param name="cut">Activations whose range <see cref="FlatTails"/> cut.</param>
internal sealed class ReportBuilder(QuantizationPlan plan, ActivationRanges ranges, QdqWriter writer, IReadOnlySet<string> cut)
{
    /// <summary>The values inside the model that are compared: every result of a quantized layer.</summary>
    public IEnumerable<ComparedValue> Compared() => plan.Quantized.SelectMany(u => u.Outputs.Select(o => Compared(u, o)));

    public List<LayerReport> Layers(Measurement measured) =>
        [.. plan.Quantized.Select(unit => new LayerReport(
            unit.Main.Name,
            unit.OpTypes,
            Weights(unit),
            [.. unit.Inputs.Select(Activation)],
            unit.FloatResult ? [] : [.. unit.Outputs.Select(Activation)],
            measured.Samples == 0 ? null : measured.Errors.GetValueOrDefault(Compared(unit, unit.Outputs[0]))?.SqnrDb))];

    /// <summary>A row an output that could be compared; none where nothing was measured.</summary>
    public static List<OutputReport> Outputs(IEnumerable<ComparedValue> outputs, Measurement measured)
    {
        var rows = new List<OutputReport>();
        foreach (ComparedValue output in outputs)
            if (measured.Samples > 0 && measured.Errors.TryGetValue(output, out SignalToNoise? e)) rows.Add(new(output.Name, e.SqnrDb, e.MaxError, e.MeanError));
        return rows;
    }

    public List<FloatLayerReport> FloatLayers() =>
        [.. plan.Units.Where(u => u.Role == OperatorRole.Float && u.Reason is not (OperatorRoles.NotFloat or OperatorRoles.Constant))
            .SelectMany(u => u.Nodes.Select(n => new FloatLayerReport(n.Name, n.OpType, u.Reason)))];

    private ComparedValue Compared(QuantizationUnit unit, string output) =>
        unit.FloatResult ? new(output, output, null) : new(output, writer.Integers[output], ranges.Parameters(output), cut.Contains(output) ? ranges.Range(output) : null);

    private ActivationReport Activation(string name)
    {
        ValueRange range = ranges.Range(name);
        QuantizationParameters p = ranges.Parameters(name);
        return new ActivationReport(name, range.Min, range.Max, p.Scale, p.ZeroPoint);
    }

    private WeightReport? Weights(QuantizationUnit unit) => writer.Weights.GetValueOrDefault(unit) is not { } w ? null
        : new WeightReport(w.WeightMin, w.WeightMax, w.Weights.Scales.Min(), w.Weights.Scales.Max(), w.Weights.Scales.Length, w.Weights.SqnrDb, w.BiasMadeRoom);
}
