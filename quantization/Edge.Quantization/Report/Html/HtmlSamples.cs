using System.Text;

namespace Edge.Quantization.Report.Html;

/// <summary>The samples whose outputs moved most, float32 and int8 side by side.</summary>
internal static class HtmlSamples
{
    public static void Write(StringBuilder page, PromiseReport p, HtmlReportOptions options)
    {
        page.Append("<section><h2>Worst samples</h2><p class=\"note\">Those whose answer changed first, then those whose outputs moved most.</p><div class=\"samples\">");
        foreach (SampleReport s in p.Worst)
        {
            page.Append("<figure>");
            if (options.Picture?.Invoke(s.Sample) is { } picture) page.Append($"<img alt=\"\" src=\"{HtmlReport.Text(picture)}\">");
            page.Append($"<figcaption><b title=\"{HtmlReport.Text(s.Name ?? "")}\">{HtmlReport.Text(s.Name is { } name ? Path.GetFileName(name) : $"sample {s.Sample}")}</b><small>{HtmlReport.Number(s.SqnrDb, "0.0")} dB</small>");
            if (s is { FloatTop: { } a, Top: { } b, FloatScore: { } x, Score: { } y })
            {
                string changed = a == b ? "" : " class=\"changed\"";
                page.Append($"<table{changed}><tr><td>float32</td><td>{Class(a, options)}</td><td class=\"n\">{HtmlReport.Number(x, "G3")}</td></tr><tr><td>int8</td><td>{Class(b, options)}</td><td class=\"n\">{HtmlReport.Number(y, "G3")}</td></tr></table>");
            }
            page.Append("</figcaption></figure>");
        }
        page.Append("</div></section>\n");
    }

    private static string Class(int index, HtmlReportOptions options) => HtmlReport.Text(options.ClassName?.Invoke(index) ?? $"#{index}");
}
