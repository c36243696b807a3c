using System.Text;

namespace Edge.Quantization.Report.Html;

/// <summary>A histogram small enough for a row of a table, with the chosen range shaded. Heights are logarithmic: the tails are what matters.</summary>
internal static class HistogramChart
{
    private const int Width = 160, Height = 36;

    /// <param name="histogram">Null draws nothing.</param>
    /// <param name="min">Low end of the range.</param>
    /// <param name="max">High end.</param>
    public static string Draw(HistogramReport? histogram, double min, double max)
    {
        if (histogram is null) return "";
        double low = Math.Min(histogram.Low, min), high = Math.Max(histogram.High, max), span = high - low;
        if (!(span > 0)) return "";
        double most = Math.Log(1 + histogram.Counts.Max());
        var svg = new StringBuilder($"<svg class=\"histogram\" viewBox=\"0 0 {Width} {Height}\"><title>{HtmlReport.Number(histogram.Low)} … {HtmlReport.Number(histogram.High)}; quantized {HtmlReport.Number(min)} … {HtmlReport.Number(max)}</title>");
        svg.Append($"<rect class=\"range\" x=\"{N((min - low) / span * Width)}\" y=\"0\" width=\"{N(Math.Max(1, (max - min) / span * Width))}\" height=\"{Height}\"/><path d=\"");
        double width = (histogram.High - histogram.Low) / histogram.Counts.Count;
        for (int i = 0; i < histogram.Counts.Count; i++)
        {
            if (histogram.Counts[i] == 0) continue;
            double height = Math.Log(1 + histogram.Counts[i]) / most * (Height - 2);
            double x = (histogram.Low + (i * width) - low) / span * Width;
            svg.Append($"M{N(x)} {Height}v-{N(height)}h{N(width / span * Width)}V{Height}z");
        }
        return svg.Append("\"/></svg>").ToString();
    }

    private static string N(double value) => HtmlReport.Number(value, "0.#");
}
