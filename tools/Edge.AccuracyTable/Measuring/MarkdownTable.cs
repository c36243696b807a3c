using System.Globalization;
using System.Text;
using Edge.AccuracyTable.Costs;

namespace Edge.AccuracyTable.Measuring;

/// <summary>The rows as a page.</summary>
internal static class MarkdownTable
{
    /// <param name="rows">In their order.</param>
    /// <param name="costs">Of quantizing, float32 inference first; none where they were not measured.</param>
    /// <param name="machine">What they were measured on.</param>
    /// <param name="command">How to do it again.</param>
    /// <param name="form">How the int8 models were made.</param>
    public static string Of(IReadOnlyList<AccuracyRow> rows, IReadOnlyList<CostRow> costs, string machine, string command, Int8Form form)
    {
        var text = new StringBuilder();
        text.AppendLine("# Accuracy").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"What int8 costs, on the labelled sets of `shared/DATA.md` (not part of the repository), measured by `{command}` on {machine}.");
        text.AppendLine(form == Int8Form.Search
            ? "The int8 models come from the search for the smallest and fastest model that keeps the drop that is allowed, judged on the samples of the table."
            : "The int8 models come from the quantizer at its defaults, without a search.");
        text.AppendLine("Drops are in the metric's own unit, percentage points where that is percent; what is allowed is so, too, or of fp32's figure where it says so. Calibration samples are none of those that judge. Latency is the");
        text.AppendLine("median of one run on one thread. Between the bounds under 95 % the drop lies with that confidence, as far as these samples tell (jackknife over 16 groups); of samples that all have float's answer, up to 3 in so many may not.");
        text.AppendLine("The last column holds our runtime against ONNX Runtime on the same int8 model: same answers (or boxes), or the error of numbers.");
        text.AppendLine();
        text.AppendLine("| model | metric | fp32 | int8 | drop | 95 % | allowed | kept | besides | samples | MACs in float | size fp32 → int8 | ms fp32 → int8 | ONNX Runtime |");
        text.AppendLine("|---|---|--:|--:|--:|--:|--:|---|---|--:|--:|--:|--:|--:|");
        foreach (AccuracyRow r in rows) text.AppendLine(Row(r));
        text.AppendLine().AppendLine("How samples are kept apart:").AppendLine();
        foreach (AccuracyRow r in rows.Where(r => r.Split.Length > 0)) text.AppendLine(CultureInfo.InvariantCulture, $"- {r.Name}: {r.Split} ({r.CalibrationSamples} calibrate)");
        if (costs.Count > 0) AddCosts(text, costs);
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static void AddCosts(StringBuilder text, IReadOnlyList<CostRow> costs)
    {
        text.AppendLine().AppendLine("## What quantizing takes").AppendLine();
        text.AppendLine("MobileNetV2, on all cores; each line is a process of its own, with .NET's compiler in it, and the peak of its resident memory. What float32 inference takes is to be");
        text.AppendLine("compared: memory must not grow with the number of samples. The search has one scale a tensor for its weights and a promise that nothing keeps, so that it tries every step there is.").AppendLine();
        text.AppendLine("| work | calibrate | judge | s | peak, MB | above float32 inference, MB |");
        text.AppendLine("|---|--:|--:|--:|--:|--:|");
        foreach (CostRow c in costs)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {c.Work} | {c.Samples} | {c.Judged} | {(c.Seconds < 1 ? c.Seconds.ToString("0.000", CultureInfo.InvariantCulture) : c.Seconds.ToString("0", CultureInfo.InvariantCulture))} | {c.PeakMegabytes:0} | {c.PeakMegabytes - costs[0].PeakMegabytes:0} |");
    }

    public static string Row(AccuracyRow r) => r.Failure is { } why
        ? $"| {r.Name} | {r.Metric} | {Number(r.Fp32, r.Unit)} | {why.Replace("|", "\\|", StringComparison.Ordinal)} | | | | no | | {r.Samples} | | | | |"
        : string.Create(CultureInfo.InvariantCulture,
            $"| {r.Name} | {r.Metric} | {Number(r.Fp32, r.Unit)} | {Number(r.Int8, r.Unit)} | {Number(r.Drop, r.Unit)} | {Interval(r)} | {r.MaxDrop:0.###}{(r.Relative ? " % of fp32" : "")} | {(double.IsNaN(r.Int8) ? "" : r.Kept ? "yes" : "**no**")} | {r.Beside} | {r.Samples} | {Percent(r.FloatMacs)} | {Size(r.Fp32Bytes)} → {Size(r.Int8Bytes)} | {Ms(r.Fp32Ms)} → {Ms(r.Int8Ms)} | {r.OnnxRuntime} |");

    private static string Interval(AccuracyRow r)
    {
        if (r.Interval is not { } i) return "";
        double unit = r.Relative ? Math.Abs(r.Fp32) : 1;
        return $"{Number(i.Low * unit, r.Unit)} … {Number(i.High * unit, r.Unit)}";
    }

    private static string Number(double v, string unit) => double.IsNaN(v) ? "–" : unit == "%" ? v.ToString("0.00", CultureInfo.InvariantCulture) + " %" : v.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Percent(double share) => double.IsNaN(share) ? "–" : (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Size(long bytes) => bytes == 0 ? "–" : (bytes / 1e3).ToString(bytes < 100_000 ? "0.0" : "0", CultureInfo.InvariantCulture) + " KB";

    private static string Ms(double ms) => double.IsNaN(ms) ? "–" : ms.ToString("0.000", CultureInfo.InvariantCulture);
}
