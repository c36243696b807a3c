using System.Globalization;
using System.Net;
using System.Text;
using Edge.Quantization.Search;
using static Edge.Quantization.Report.PromiseText;

namespace Edge.Quantization.Report.Html;

/// <summary>What the page shows besides the report itself.</summary>
/// <param name="Title">The model's name.</param>
/// <param name="Picture">The picture of a sample as a data URI; null where there is none.</param>
/// <param name="ClassName">The name of a class; null where classes have no names.</param>
public sealed record HtmlReportOptions(string Title, Func<int, string?>? Picture = null, Func<int, string>? ClassName = null);

/// <summary>
/// The report as one page that needs nothing else: no script, no font, no file beside it. What people would rather see than
/// read is drawn: the steps of the search, noise and time by layer, histograms with the ranges that were chosen.
/// </summary>
internal static class HtmlReport
{
    public static string Write(QuantizationReport r, HtmlReportOptions options)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.Append($"<title>{Text(options.Title)} in {PrecisionText.Name(r.Options.Form)}</title>\n<style>\n{HtmlStyle.Css}</style></head>\n<body><main>\n");
        Head(page, r, options);
        Cards(page, r);
        if (r.Promise is { } p) Search(page, p);
        Noise(page, r);
        Times(page, r);
        if (r.Preparation is { } preparation) Preparation(page, [.. PreparationText.Rows(preparation)]);
        if (r.Promise is { Worst.Count: > 0 } worst) HtmlSamples.Write(page, worst, options);
        FloatLayers(page, r);
        HtmlLayers.Write(page, r);
        Foot(page, r);
        return page.Append("</main></body></html>\n").ToString();
    }

    public static string Text(string text) => WebUtility.HtmlEncode(text);

    public static string Number(double value, string format = "G4") => double.IsPositiveInfinity(value) ? "exact" : value.ToString(format, CultureInfo.InvariantCulture);

    private static string Between(DropInterval? i, PromiseReport p, string before) => i is null ? "" : $"{before}{Drop(i.Low, p)} and {Drop(i.High, p)}";

    private static void Head(StringBuilder page, QuantizationReport r, HtmlReportOptions options)
    {
        page.Append($"<header><h1>{Text(options.Title)}</h1>");
        if (r.Promise is { } p)
        {
            page.Append(p.Kept
                ? $"<p class=\"verdict good\">The promise is kept: {Text(p.Metric)} lost {Drop(Math.Max(0, p.Drop), p)}, at most {Drop(p.MaxDrop, p)} was allowed.</p>"
                : $"<p class=\"verdict bad\">The promise is not kept: {Text(p.Metric)} lost {Drop(p.Drop, p)} where {Drop(p.MaxDrop, p)} was allowed. This is the closest that was found.</p>");
            if (p.Unseen is { } u)
                page.Append($"<p class=\"verdict {(u.Kept ? "good" : "bad")}\">On {u.Samples} samples that the search did not see ({Text(u.Data)}) it is {(u.Kept ? "kept, too" : "not kept")}: {Value(u.FloatValue, p)} → {Value(u.Value, p)}{Between(u.Interval, p, ", a drop between ")}.</p>");
            if (p.Milliseconds > p.FloatMilliseconds)
                page.Append("<p class=\"verdict warn\">On this machine the int8 model is slower than the float32 model: keep float32 here unless size matters more.</p>");
        }
        page.Append("</header>\n");
    }

    private static void Cards(StringBuilder page, QuantizationReport r)
    {
        page.Append("<section class=\"cards\">");
        if (r.Promise is { } p)
            Card(page, p.Metric, Value(p.FloatValue, p), Value(p.Value, p), $"on {p.Samples} samples{(p.SameTop is { } same ? $", same top answer on {same}" : "")}{Between(p.Interval, p, "; with 95 % confidence the drop lies between ")}");
        else if (r.Outputs.Count > 0)
            Card(page, "noise of the outputs", null, Number(r.Outputs.Min(o => o.SqnrDb), "0.0") + " dB", $"signal-to-noise ratio over {r.MeasuredSamples} samples, the worst of {r.Outputs.Count} outputs");
        Card(page, "size", Megabytes(r.SourceBytes), Megabytes(r.QuantizedBytes), $"{Number(100.0 * r.QuantizedBytes / r.SourceBytes, "0")} % of float32");
        if (r.Promise is { } t)
            Card(page, "time of a run", Number(t.FloatMilliseconds, "0.00") + " ms", Number(t.Milliseconds, "0.00") + " ms", $"{Number(t.FloatMilliseconds / t.Milliseconds, "0.0")} times as fast on {Text(t.Machine)}");
        Card(page, "layers", null, $"{r.Layers.Count} {(r.Options.Form == QuantizationForm.Static ? "int8" : "quantized")}", $"{r.FloatLayers.Count} nodes stay float{(r.Promise is { } f ? $"; the search left {Number(f.FloatMacsPercent, "0.0")} % of the multiply-accumulates there{(f.WideMacsPercent > 0 ? $", and gave {Number(f.WideMacsPercent, "0.0")} % 16-bit activations" : "")}" : "")}");
        page.Append("</section>\n");
    }

    private static void Card(StringBuilder page, string title, string? before, string after, string note) =>
        page.Append($"<div class=\"card\"><h2>{Text(title)}</h2><p class=\"big\">{(before is null ? "" : $"<span class=\"before\">{before}</span> → ")}{after}</p><p class=\"note\">{note}</p></div>");

    private static void Search(StringBuilder page, PromiseReport p)
    {
        double most = Math.Max(p.MaxDrop, p.Steps.Max(s => s.Drop)) * 1.05;
        if (!(most > 0)) most = 1;
        page.Append("<section><h2>What was tried</h2><p class=\"note\">Each step builds on those that were taken before it. The line is what the promise allows.</p><table class=\"steps\"><tr><th>step</th>");
        page.Append($"<th class=\"n\">{Text(p.Metric)}</th><th class=\"n\">drop</th><th class=\"bar\"></th><th class=\"n\">outputs' SQNR</th><th></th></tr>");
        page.Append($"<tr><td>float32</td><td class=\"n\">{Value(p.FloatValue, p)}</td><td></td><td></td><td></td><td></td></tr>");
        foreach (SearchStepReport s in p.Steps)
        {
            double width = 100 * Math.Clamp(s.Drop / most, 0, 1), limit = 100 * Math.Clamp(p.MaxDrop / most, 0, 1);
            page.Append($"<tr{(s.Taken ? "" : " class=\"left\"")}><td>{Text(s.Name)}</td><td class=\"n\">{Value(s.Value, p)}</td><td class=\"n\">{Drop(s.Drop, p)}</td>");
            page.Append($"<td class=\"bar\"><span class=\"{(s.Kept ? "ok" : "over")}\" style=\"width:{Number(width, "0.#")}%\"></span><i style=\"left:{Number(limit, "0.#")}%\"></i></td>");
            page.Append($"<td class=\"n\">{Number(s.SqnrDb, "0.0")} dB</td><td>{(s.Kept && s.Taken ? "keeps the promise" : s.Taken ? "better" : "left out")}</td></tr>");
        }
        page.Append("</table></section>\n");
    }

    private static void Noise(StringBuilder page, QuantizationReport r)
    {
        LayerReport[] layers = [.. r.Layers.Where(l => l.SqnrDb is { } db && double.IsFinite(db))];
        if (layers.Length == 0) return;
        page.Append("<section><h2>Noise by layer</h2><p class=\"note\">Signal-to-noise ratio of each layer's result in dB, in the order of the network; it holds the noise of all layers before. Taller is better.</p>");
        page.Append(BarChart.Draw([.. layers.Select(l => new Bar(l.Name + " · " + l.Operator, [l.SqnrDb!.Value], l.SqnrDb < 12 ? "bad" : l.SqnrDb < 20 ? "warn" : "good"))], "dB"));
        Bar[] alone =
        [
            .. r.FloatLayers.Select(l => (l.Name, l.Operator, l.Cost, Class: "float")).Concat(r.Layers.Select(l => (l.Name, l.Operator, l.Cost, Class: "good")))
                .Where(l => l.Cost?.AloneSqnrDb is { } db && double.IsFinite(db)).OrderBy(l => l.Cost!.AloneSqnrDb)
                .Select(l => new Bar(l.Name + " · " + l.Operator, [l.Cost!.AloneSqnrDb!.Value], l.Class)),
        ];
        if (alone.Length >= 2)
        {
            page.Append("<h3>Each layer alone</h3><p class=\"note\">Signal-to-noise ratio of the model's outputs when only this layer is quantized, the most sensitive first. <b class=\"key float\"></b> stayed float</p>");
            page.Append(BarChart.Draw(alone, "dB"));
        }
        page.Append("</section>\n");
    }

    private static void Times(StringBuilder page, QuantizationReport r)
    {
        (string Name, LayerCostReport Cost)[] timed =
        [
            .. r.Layers.Where(l => l.Cost is { FloatMilliseconds: not null, Milliseconds: not null }).Select(l => (l.Name + " · " + l.Operator, l.Cost!)),
        ];
        if (timed.Length < 2) return;
        int slower = timed.Count(t => t.Cost.Milliseconds > t.Cost.FloatMilliseconds * 1.1);
        page.Append("<section><h2>Time by layer</h2><p class=\"note\"><b class=\"key float\"></b> float32 <b class=\"key int8\"></b> int8, microseconds of one run on this machine. ");
        page.Append(slower == 0 ? "Int8 is nowhere notably slower.</p>" : $"In {slower} of {timed.Length} layers int8 is slower by more than a tenth; they went back to float only where the whole model gains by it.</p>");
        page.Append(BarChart.Draw([.. timed.Select(t => new Bar(t.Name, [t.Cost.FloatMilliseconds!.Value * 1000, t.Cost.Milliseconds!.Value * 1000], "pair"))], "µs"));
        page.Append("</section>\n");
    }

    private static void Preparation(StringBuilder page, string[][] rows)
    {
        if (rows.Length == 0) return;
        page.Append($"<section><h2>Changed before quantization</h2><p class=\"note\">The float model computes the same, but for rounding and for values that were cut.</p><table><tr>{string.Concat(PreparationText.Columns.Select(c => $"<th>{c}</th>"))}</tr>");
        foreach (string[] row in rows) page.Append($"<tr>{string.Concat(row.Select(c => $"<td>{Text(c)}</td>"))}</tr>");
        page.Append("</table></section>\n");
    }

    private static void FloatLayers(StringBuilder page, QuantizationReport r)
    {
        if (r.FloatLayers.Count == 0) return;
        page.Append("<section><h2>What stayed float, and why</h2><table><tr><th>node</th><th>operator</th><th>reason</th></tr>");
        foreach (FloatLayerReport l in r.FloatLayers) page.Append($"<tr><td>{Text(l.Name)}</td><td>{Text(l.Operator)}</td><td>{Text(l.Reason)}</td></tr>");
        page.Append("</table></section>\n");
    }

    private static void Foot(StringBuilder page, QuantizationReport r)
    {
        string data = r.Options.Form == QuantizationForm.Static ? $"Calibrated on {r.CalibrationSamples} samples of {r.Calibration}" : $"Compared on {r.MeasuredSamples} samples ({r.Calibration})";
        page.Append($"<footer><p>{Text(PrecisionText.Of(r.Options))} {Text(data)}{(r.Promise is { } p ? $", judged on {p.Samples} of {Text(p.Data)}" : "")}, with {Text(r.Provider)}.</p>");
        page.Append($"<p>Source sha256 {Text(r.SourceSha256)} · Edge.Quantization {Text(r.ToolVersion)}</p></footer>\n");
    }

    private static string Megabytes(long bytes) => bytes < 1_000_000 ? Number(bytes / 1e3, "0.0") + " kB" : Number(bytes / 1e6, "0.0") + " MB";
}
