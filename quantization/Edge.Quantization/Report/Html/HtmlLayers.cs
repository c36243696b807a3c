using System.Text;

namespace Edge.Quantization.Report.Html;

/// <summary>The table of quantized layers.</summary>
internal static class HtmlLayers
{
    public static void Write(StringBuilder page, QuantizationReport r)
    {
        if (r.Layers.Count == 0) return;
        bool timed = r.Layers.Any(l => l.Cost?.Milliseconds is not null);
        page.Append("<section><h2>Layers</h2><p class=\"note\">Histograms have logarithmic heights and leave out zeros; the shaded part is the range that is quantized, what lies outside saturates.</p>");
        page.Append("<div class=\"wide\"><table><tr><th>layer</th><th class=\"n\">SQNR dB</th><th>weights</th><th>result</th><th>range</th><th class=\"n\">saturated</th>");
        page.Append(timed ? "<th class=\"n\">float32 → int8</th></tr>" : "</tr>");
        foreach (LayerReport l in r.Layers)
        {
            ActivationReport? y = l.Outputs.Count > 0 ? l.Outputs[0] : null;
            page.Append($"<tr><td><b>{HtmlReport.Text(l.Name)}</b><br><small>{HtmlReport.Text(l.Operator)}</small></td>");
            page.Append($"<td class=\"n\">{(l.SqnrDb is { } db ? HtmlReport.Number(db, "0.0") : "–")}</td>");
            page.Append(l.Weights is { } w
                ? $"<td>{HistogramChart.Draw(w.Histogram, w.Bits == 8 ? -127 : w.Histogram?.Low ?? 0, w.Bits == 8 ? 127 : w.Histogram?.High ?? 0)}<br><small>{HtmlReport.Number(w.Min, "G3")} … {HtmlReport.Number(w.Max, "G3")}, {HtmlReport.Number(w.SqnrDb, "0.0")} dB, {w.Channels} {(w.Channels == 1 ? "scale" : "scales")}{(w.Bits == 8 ? "" : $", {w.Bits} bits")}</small></td>"
                : "<td></td>");
            page.Append(y is null
                ? "<td>float32</td><td></td><td></td>"
                : $"<td>{HistogramChart.Draw(y.Histogram, y.Min, y.Max)}</td><td><small>{HtmlReport.Number(y.Min, "G4")} … {HtmlReport.Number(y.Max, "G4")}<br>{HtmlReport.Text(y.Estimator)}</small></td><td class=\"n\">{Saturated(y.SaturatedPercent)}</td>");
            if (timed)
            {
                string slower = l.Cost is { FloatMilliseconds: { } f, Milliseconds: { } q } && q > f * 1.1 ? " slow" : "";
                page.Append($"<td class=\"n{slower}\">{(l.Cost is { FloatMilliseconds: { } a, Milliseconds: { } b } ? $"{HtmlReport.Number(a * 1000, "0")} → {HtmlReport.Number(b * 1000, "0")} µs" : "")}</td>");
            }
            page.Append("</tr>");
        }
        page.Append("</table></div></section>\n");
    }

    private static string Saturated(double percent) => percent == 0 ? "–" : percent < 0.01 ? "&lt; 0.01 %" : HtmlReport.Number(percent, "0.00") + " %";
}
