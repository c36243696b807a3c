using System.Globalization;
using System.Text;
using Edge.Quantization.Search;

namespace Edge.Quantization.Report;

/// <summary>The readable form of a report.</summary>
internal static class MarkdownReport
{
    public static string Write(QuantizationReport r)
    {
        var text = new StringBuilder();
        text.Append("# Quantization report\n\n");
        text.Append($"Model {r.SourceBytes:N0} → {r.QuantizedBytes:N0} bytes ({Percent(r.QuantizedBytes, r.SourceBytes)}), sha256 {r.SourceSha256}.\n");
        text.Append(r.Options.Form == QuantizationForm.Static
            ? $"Calibrated on {r.CalibrationSamples} samples of {r.Calibration}; compared on {r.MeasuredSamples}, with {r.Provider}. Edge.Quantization {r.ToolVersion}.\n"
            : $"Compared on {r.MeasuredSamples} samples ({r.Calibration}), with {r.Provider}. Edge.Quantization {r.ToolVersion}.\n");
        text.Append(PrecisionText.Of(r.Options)).Append('\n');
        text.Append($"{r.Layers.Count} layers are quantized, {r.FloatLayers.Count} stay float.\n");
        if (r.Promise is { } p) Promise(text, p);
        if (r.Preparation is { } preparation) Preparation(text, [.. PreparationText.Rows(preparation)]);
        Outputs(text, r);
        Layers(text, r);
        FloatLayers(text, r);
        return text.ToString();
    }

    private static void Promise(StringBuilder text, PromiseReport p)
    {
        text.Append($"\n## The promise {(p.Kept ? "is kept" : "is not kept")}\n\n| data | samples | {Cell(p.Metric)}, float32 | int8 | drop | allowed | drop with 95 % confidence |\n|---|---:|---:|---:|---:|---:|---|\n");
        Judged(text, p, p.Data, p.Samples, p.FloatValue, p.Value, p.Drop, p.Interval);
        if (p.Unseen is { } u) Judged(text, p, $"{u.Data}, which the search did not see", u.Samples, u.FloatValue, u.Value, u.Drop, u.Interval);
    }

    private static void Judged(StringBuilder text, PromiseReport p, string data, int samples, double before, double after, double drop, DropInterval? i) => text.Append(
        $"| {Cell(data)} | {samples} | {PromiseText.Value(before, p)} | {PromiseText.Value(after, p)} | {PromiseText.Drop(drop, p)} | {PromiseText.Drop(p.MaxDrop, p)} | {(i is null ? "not known: too few samples, or too few of some kind" : $"{PromiseText.Drop(i.Low, p)} … {PromiseText.Drop(i.High, p)}")} |\n");

    private static void Preparation(StringBuilder text, string[][] rows)
    {
        if (rows.Length == 0) return;
        text.Append($"\n## Changed before quantization\n\n| {string.Join(" | ", PreparationText.Columns)} |\n|---|---|---|---:|---|\n");
        foreach (string[] row in rows) text.Append($"| {string.Join(" | ", row.Select(Cell))} |\n");
    }

    private static void Outputs(StringBuilder text, QuantizationReport r)
    {
        if (r.Outputs.Count == 0) return;
        text.Append("\n## Outputs, quantized against float\n\n| output | SQNR dB | max error | mean error |\n|---|---:|---:|---:|\n");
        foreach (OutputReport o in r.Outputs)
            text.Append($"| {Cell(o.Name)} | {Db(o.SqnrDb)} | {Number(o.MaxError)} | {Number(o.MeanError)} |\n");
    }

    private static void Layers(StringBuilder text, QuantizationReport r)
    {
        if (r.Layers.Count == 0) return;
        text.Append("\n## Quantized layers, worst result first\n\nThe result's ratio holds the errors of all layers before it.\n\n");
        text.Append("| layer | operator | result SQNR dB | result range | scale | zero point | weight SQNR dB | weight range | weight scales |\n|---|---|---:|---|---:|---:|---:|---|---|\n");
        foreach (LayerReport l in r.Layers.OrderBy(l => l.SqnrDb ?? double.PositiveInfinity))
        {
            ActivationReport? y = l.Outputs.Count > 0 ? l.Outputs[0] : null;
            text.Append($"| {Cell(l.Name)} | {l.Operator} | {(l.SqnrDb is { } db ? Db(db) : "–")} | ");
            text.Append(y is null ? "float32 | – | – | " : $"{Number(y.Min)} … {Number(y.Max)} | {Number(y.Scale)} | {y.ZeroPoint} | ");
            text.Append(l.Weights is not { } w ? "– | – | – |\n"
                : $"{Db(w.SqnrDb)} | {Number(w.Min)} … {Number(w.Max)} | {Number(w.MinScale)} … {Number(w.MaxScale)}{(w.BiasMadeRoom ? ", enlarged for the bias" : "")} |\n");
        }
    }

    private static void FloatLayers(StringBuilder text, QuantizationReport r)
    {
        if (r.FloatLayers.Count == 0) return;
        text.Append("\n## Layers in float\n\n| layer | operator | why |\n|---|---|---|\n");
        foreach (FloatLayerReport l in r.FloatLayers) text.Append($"| {Cell(l.Name)} | {l.Operator} | {Cell(l.Reason)} |\n");
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace('\n', ' ');

    private static string Percent(long part, long whole) => whole == 0 ? "–" : (100.0 * part / whole).ToString("F1", CultureInfo.InvariantCulture) + "%";

    private static string Db(double db) => double.IsPositiveInfinity(db) ? "exact" : db.ToString("F1", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
