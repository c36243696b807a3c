using Edge.Cli.Output;
using Edge.Quantization;
using Edge.Quantization.Report;
using Spectre.Console;
using static Edge.Quantization.Report.PromiseText;

namespace Edge.Cli.Quantizing;

/// <summary>What the terminal shows of a quantization; the report has the rest.</summary>
internal static class QuantizationSummary
{
    private const int NoisiestShown = 5;

    public static void Write(Terminal terminal, QuantizationReport report, QuantizedFiles files)
    {
        terminal.Line($"{files.Model}: {Units.Bytes(report.QuantizedBytes)}, {100.0 * report.QuantizedBytes / report.SourceBytes:0} % of {Units.Bytes(report.SourceBytes)}; "
            + $"{report.Layers.Count} layers {(report.Options.Form == QuantizationForm.Static ? "int8" : "quantized")}, {report.FloatLayers.Count} float; "
            + (report.Options.Form == QuantizationForm.Static ? $"calibrated on {report.CalibrationSamples} samples" : report.MeasuredSamples > 0 ? $"compared on {report.MeasuredSamples} samples" : "not compared with float: no --calibrate"));
        if (report.Promise is { } promise) Write(terminal, promise);
        if (report.Outputs.Count > 0)
        {
            var table = Terminal.NewTable("output", ">SQNR dB", ">max error", ">mean error");
            foreach (var o in report.Outputs) table.AddRow(Markup.Escape(o.Name), $"{o.SqnrDb:0.0}", $"{o.MaxError:G3}", $"{o.MeanError:G3}");
            terminal.Console.Write(table);
        }

        var worst = report.Layers.Where(l => l.SqnrDb is not null).OrderBy(l => l.SqnrDb).Take(NoisiestShown).ToList();
        if (worst.Count > 0)
        {
            var table = Terminal.NewTable("noisiest layers", "operator", ">SQNR dB");
            foreach (var l in worst) table.AddRow(Markup.Escape(l.Name), Markup.Escape(l.Operator), $"{l.SqnrDb:0.0}");
            terminal.Console.Write(table);
        }

        terminal.Line($"  report: {files.Html}, {files.Markdown}, {files.Json}");
    }

    private static void Write(Terminal terminal, PromiseReport p)
    {
        var steps = Terminal.NewTable("tried", $">{p.Metric}", ">drop", ">outputs' SQNR dB", "");
        steps.AddRow("float32", Value(p.FloatValue, p), "", "", "");
        foreach (SearchStepReport s in p.Steps)
            steps.AddRow(Markup.Escape(s.Name), Value(s.Value, p), Drop(s.Drop, p), $"{s.SqnrDb:0.0}", s.Kept && s.Taken ? "keeps the promise" : s.Taken ? "better, built on" : "not better, left out");
        terminal.Console.Write(steps);
        terminal.Line(p.Kept
            ? $"  the promise is kept: {p.Metric} {Value(p.FloatValue, p)} → {Value(p.Value, p)} on {p.Samples} samples, at most {Drop(p.MaxDrop, p)} was allowed"
            : $"  no int8 form of this model keeps {p.Metric} within {Drop(p.MaxDrop, p)}; this is the closest: {Value(p.FloatValue, p)} → {Value(p.Value, p)} on {p.Samples} samples");
        if (p.Interval is { } i) terminal.Line($"  with 95 % confidence the drop lies between {Drop(i.Low, p)} and {Drop(i.High, p)}");
        if (p.Unseen is { } u)
            terminal.Line($"  on {u.Samples} samples that the search did not see the promise is {(u.Kept ? "kept" : "NOT kept")}: {Value(u.FloatValue, p)} → {Value(u.Value, p)}{(u.Interval is { } ui ? $" (the drop lies between {Drop(ui.Low, p)} and {Drop(ui.High, p)})" : "")}");
        terminal.Line($"  {p.FloatMilliseconds:0.00} → {p.Milliseconds:0.00} ms a run here ({p.Machine}); {p.FloatMacsPercent:0.0} % of the multiply-accumulates stay float for accuracy or speed{(p.WideMacsPercent > 0 ? $", {p.WideMacsPercent:0.0} % have 16-bit activations" : "")}");
        if (p.Milliseconds > p.FloatMilliseconds) terminal.Line("  int8 is slower than float32 on this machine: keep the float32 model here unless size matters more");
    }
}
