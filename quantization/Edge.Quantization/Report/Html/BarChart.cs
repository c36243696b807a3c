using System.Text;

namespace Edge.Quantization.Report.Html;

/// <summary>One group of bars.</summary>
/// <param name="Name">Shown when it is pointed at.</param>
/// <param name="Values">One a bar; 0 or more are drawn upwards.</param>
/// <param name="Class">Style; <c>pair</c> for two bars, float32 and int8.</param>
internal sealed record Bar(string Name, double[] Values, string Class);

/// <summary>Groups of upright bars over one another's axis, as SVG.</summary>
internal static class BarChart
{
    private const int Width = 1000, Height = 200, Left = 46, Bottom = 6, Top = 8;

    public static string Draw(IReadOnlyList<Bar> bars, string unit)
    {
        double highest = bars.Max(b => b.Values.Max()), step = Step(highest), top = Math.Max(step, Math.Ceiling(highest / step) * step);
        double width = (double)(Width - Left) / bars.Count;
        var svg = new StringBuilder($"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\">");
        for (double v = 0; v <= top * 1.0001; v += step)
        {
            double y = Y(v, top);
            svg.Append($"<line x1=\"{Left}\" x2=\"{Width}\" y1=\"{N(y)}\" y2=\"{N(y)}\"/><text x=\"{Left - 6}\" y=\"{N(y + 3.5)}\">{HtmlReport.Number(v)}</text>");
        }
        svg.Append($"<text class=\"unit\" x=\"{Left + 4}\" y=\"{Top + 4}\">{HtmlReport.Text(unit)}</text>");
        for (int i = 0; i < bars.Count; i++)
        {
            Bar bar = bars[i];
            double gap = Math.Min(3, width * 0.2), each = (width - gap) / bar.Values.Length;
            svg.Append($"<g class=\"{bar.Class}\"><title>{HtmlReport.Text(bar.Name)}: {string.Join(" → ", bar.Values.Select(v => HtmlReport.Number(v)))} {HtmlReport.Text(unit)}</title>");
            for (int k = 0; k < bar.Values.Length; k++)
            {
                double y = Y(Math.Max(0, bar.Values[k]), top);
                svg.Append($"<rect x=\"{N(Left + (i * width) + (k * each) + (gap / 2))}\" y=\"{N(y)}\" width=\"{N(each)}\" height=\"{N(Height - Bottom - y)}\"/>");
            }
            svg.Append("</g>");
        }
        return svg.Append("</svg>").ToString();
    }

    private static double Y(double value, double top) => Height - Bottom - (value / top * (Height - Bottom - Top));

    /// <summary>A round step that gives three to six lines.</summary>
    private static double Step(double highest)
    {
        if (!(highest > 0)) return 1;
        double power = Math.Pow(10, Math.Floor(Math.Log10(highest)));
        return (highest / power) switch { > 5 => 2, > 2 => 1, > 1 => 0.5, _ => 0.25 } * power;
    }

    private static string N(double value) => HtmlReport.Number(value, "0.##");
}
