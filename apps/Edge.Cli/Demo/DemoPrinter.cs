using Edge.Cli.Output;
using Edge.Mqtt;
using Edge.Pipeline.Events;
using Edge.Pipeline.Inspection;
using Edge.Quantization.Report;
using Edge.Runtime;
using Spectre.Console;

namespace Edge.Cli.Demo;

/// <summary>What <c>edge demo</c> tells.</summary>
internal sealed class DemoPrinter(Terminal terminal)
{
    public void Machine(InferenceSession session) =>
        terminal.Line($"edge {Program.Version} on {Cpu.Name()}, {session.Threads} thread{(session.Threads == 1 ? "" : "s")}, kernels {session.Provider["edge/".Length..]}");

    public void Quantization(DemoAssets assets, string quantized, QuantizationReport report)
    {
        Heading(1, $"Quantize {Path.GetFileName(assets.Pipeline.ModelFile)} ({assets.Product}, {assets.Labels.Count} kinds of defects) with {assets.Calibration.Count} pictures");
        terminal.Line($"   {report.Layers.Count} layers int8, {report.FloatLayers.Count} float → {quantized}");
    }

    public void Accuracy(Accuracy before, Accuracy after, int parts, long bytesBefore, long bytesAfter)
    {
        Heading(2, $"Accuracy on {parts} labelled parts that neither training nor calibration saw");
        var table = Terminal.NewTable("", ">fp32", ">int8");
        table.AddRow("verdict right", Percent(before.Right), Percent(after.Right));
        table.AddRow("good parts rejected", Percent(before.FalseRejects), Percent(after.FalseRejects));
        table.AddRow("bad parts missed", Percent(before.Missed), Percent(after.Missed));
        table.AddRow("defects found (class and box)", Percent(before.Found), Percent(after.Found));
        table.AddRow("mean AP at IoU 0.5", Percent(before.AveragePrecision), Percent(after.AveragePrecision));
        table.AddRow("model file", Units.Bytes(bytesBefore), Units.Bytes(bytesAfter));
        table.AddRow("inference, median", Units.Milliseconds(before.MedianMs), Units.Milliseconds(after.MedianMs));
        terminal.Console.Write(table);
    }

    public void Line(LineResult result, DemoAssets assets, MqttOptions broker, Topics topics, bool embedded)
    {
        Heading(3, $"Inspect {result.Parts.Count} parts at full speed and publish each verdict to {broker.Host}:{broker.Port}{(embedded ? " (embedded broker)" : "")}");
        terminal.Line($"   pictures → int8 model → rule → outbox on disk → MQTT {topics.Event(LineRun.Stream)} → second client");
        WriteConfusion(result, assets);
        double seconds = result.Elapsed.TotalSeconds;
        terminal.Line($"   {result.Parts.Count / seconds:0.0} parts/s; frame to acknowledged message: p50 {Latency(result, 0.5)}, p99 {Latency(result, 0.99)}");
        terminal.Line($"   stages, median: {string.Join(", ", result.Line.Stages.Where(s => s.Count > 0).Select(s => $"{s.Stage} {Units.Milliseconds(s.Median.TotalMilliseconds)}"))}");
        WriteDelivery(result);
    }

    public void Files(string folder, string overview, string model, LineResult result)
    {
        Heading(4, "Look at");
        terminal.Line($"   {overview}  {Math.Min(12, result.Parts.Count)} of the parts");
        terminal.Line($"   {Path.Combine(folder, "evidence")}  a picture of every part that did not pass ({result.Parts.Count(p => p.Event.Evidence is not null)})");
        terminal.Line($"   {Path.ChangeExtension(model, ".report.html")}  what quantizing cost, layer by layer");
    }

    private void WriteConfusion(LineResult result, DemoAssets assets)
    {
        var good = assets.Test.Where(t => t.IsGood).Select(t => t.File).ToHashSet();
        Verdict[] verdicts = [Verdict.Ok, Verdict.Ng, Verdict.Unsure, Verdict.Error];
        var table = Terminal.NewTable(["truth", .. verdicts.Select(v => ">" + EventWords.Of(v))]);
        foreach (bool isGood in (bool[])[true, false])
        {
            var parts = result.Parts.Where(p => good.Contains(p.Path!) == isGood).ToList();
            table.AddRow([isGood ? "good" : "defective", .. verdicts.Select(v => $"{parts.Count(p => p.Event.Verdict == v)}")]);
        }

        terminal.Console.Write(table);
    }

    private void WriteDelivery(LineResult result)
    {
        var d = result.Delivery;
        terminal.Line($"   {result.Parts.Count} events published, {result.Arrived.Unique} arrived, {d.Missing.Count} missing, {d.Duplicates} duplicated");
        if (d.IsExactlyOnce) terminal.Line("   every event arrived exactly once");
        else terminal.Error.WriteLine($"edge: events did not arrive exactly once: {Faults(d)}");
    }

    private static string Faults(DeliveryReport d)
    {
        var faults = new List<string>();
        if (d.Missing.Count > 0) faults.Add($"{d.Missing.Count} missing, first {d.Missing[0]}");
        if (d.Unexpected.Count > 0) faults.Add($"{d.Unexpected.Count} that were not published by this run, first {d.Unexpected[0]}");
        if (d.Duplicates > 0) faults.Add($"{d.Duplicates} duplicated");
        if (d.Malformed > 0) faults.Add($"{d.Malformed} that are no events");
        return string.Join("; ", faults);
    }

    private void Heading(int number, string text)
    {
        terminal.Line();
        terminal.Line($"{number}. {text}");
    }

    private static string Percent(double share) => $"{100 * share:0.0} %";

    private static string Latency(LineResult result, double quantile) => result.Latencies.Count == 0
        ? "none"
        : Units.Milliseconds(result.Latencies[(int)Math.Min(result.Latencies.Count - 1, quantile * result.Latencies.Count)].TotalMilliseconds);
}
