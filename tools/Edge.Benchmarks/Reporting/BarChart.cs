using System.Globalization;
using System.Net;
using System.Text;

namespace Edge.Benchmarks.Reporting;

/// <summary>A bar: its name, its length, and which of two colours it has.</summary>
internal readonly record struct Bar(string Label, double Value, bool Second);

/// <summary>
/// Horizontal bars of ratios as SVG, readable on light and on dark pages: text takes the page's colour scheme. A line marks 1.
/// </summary>
internal static class BarChart
{
    private const int LabelWidth = 330, PlotWidth = 420, RowHeight = 18, Top = 56, Right = 60;

    /// <summary>The largest length that is drawn; longer bars end there and their number tells.</summary>
    private const double Largest = 1.5;

    /// <param name="title">Stands above.</param>
    /// <param name="first">What bars of the first colour are.</param>
    /// <param name="second">What bars of the second colour are.</param>
    /// <param name="bars">From top to bottom.</param>
    public static string Draw(string title, string first, string second, IReadOnlyList<Bar> bars)
    {
        int width = LabelWidth + PlotWidth + Right, height = Top + bars.Count * RowHeight + 16;
        var svg = new StringBuilder($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{Text(title)}">
            <style>text{"{"}font:12px system-ui,sans-serif;fill:#1f2328{"}"}.h{"{"}font-weight:600;font-size:14px{"}"}.a{"{"}fill:#0969da{"}"}.b{"{"}fill:#bf8700{"}"}.l{"{"}stroke:#59636e{"}"}@media(prefers-color-scheme:dark){"{"}text{"{"}fill:#f0f6fc{"}"}.a{"{"}fill:#4493f8{"}"}.b{"{"}fill:#d29922{"}"}.l{"{"}stroke:#9198a1{"}"}{"}"}</style>
            <text class="h" x="8" y="20">{Text(title)}</text>
            <rect class="a" x="8" y="30" width="12" height="12"/><text x="26" y="41">{Text(first)}</text>
            <rect class="b" x="{LabelWidth}" y="30" width="12" height="12"/><text x="{LabelWidth + 18}" y="41">{Text(second)}</text>

            """);
        for (int i = 0; i < bars.Count; i++)
        {
            int y = Top + i * RowHeight;
            double length = Math.Min(bars[i].Value, Largest) / Largest * PlotWidth;
            svg.Append($"""<text x="{LabelWidth - 8}" y="{y + 12}" text-anchor="end">{Text(bars[i].Label)}</text>""");
            svg.Append($"""<rect class="{(bars[i].Second ? 'b' : 'a')}" x="{LabelWidth}" y="{y + 2}" width="{Number(length, "F1")}" height="{RowHeight - 5}"/>""");
            svg.Append($"""<text x="{Number(LabelWidth + length + 6, "F1")}" y="{y + 12}">{Number(bars[i].Value, "F2")}</text>""").Append('\n');
        }
        string one = Number(LabelWidth + PlotWidth / Largest, "F1");
        svg.Append($"""<line class="l" x1="{one}" y1="{Top - 4}" x2="{one}" y2="{height - 12}" stroke-dasharray="3 3"/>""").Append('\n');
        return svg.Append("</svg>\n").ToString();
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
