using Edge.Cli.Commands;
using Edge.Cli.Output;
using Edge.Cli.Providers;
using Edge.Cli.Quantizing;
using Edge.Evaluation;
using Edge.Mqtt;
using Edge.Pipeline.Decisions;
using Edge.Pipeline.Events;
using Edge.Pipeline.Evidence;
using Edge.Pipeline.Inspection;
using Edge.Pipeline.Postprocessing;
using Edge.Quantization;
using Edge.Quantization.Report;
using Edge.Quantization.Report.Html;
using Edge.Runtime;

namespace Edge.Cli.Demo;

/// <summary>The acts of <c>edge demo</c>, one after the other.</summary>
internal sealed class DemoRun(Terminal terminal, DemoAssets assets, string folder, SessionOptions options)
{
    private readonly DemoPrinter _print = new(terminal);

    private string QuantizedPath => Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(assets.Pipeline.ModelFile)}.int8.onnx");

    private DecisionRule Rule => assets.Pipeline.Rule ?? throw new CommandException($"{assets.Pipeline.FullName}: it has no rule");

    /// <param name="external">The broker to publish to; null to bring one.</param>
    /// <param name="topics">Where to publish.</param>
    /// <param name="count">Parts through the line; null for each test picture once.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The exit code: 0 if every event arrived exactly once.</returns>
    public async Task<int> RunAsync(MqttOptions? external, Topics topics, int? count, CancellationToken cancellation)
    {
        if (external is not null) await RequireBrokerAsync(external, topics, cancellation).ConfigureAwait(false);
        MakeFolder();
        using var floatSession = Engines.OpenOwn(assets.Pipeline.ModelFile, options);
        _print.Machine(floatSession);

        var report = Quantize(cancellation);
        _print.Quantization(assets, QuantizedPath, report);

        using var session = Engines.OpenOwn(QuantizedPath, options);
        var before = Judge("judge parts with fp32", floatSession, cancellation);
        var after = Judge("judge parts with int8", session, cancellation);
        _print.Accuracy(before, after, assets.Test.Count, new FileInfo(assets.Pipeline.ModelFile).Length, new FileInfo(QuantizedPath).Length);

        await using var own = external is null ? await EmbeddedBroker.StartAsync().ConfigureAwait(false) : null;
        var broker = external ?? new MqttOptions { Host = EmbeddedBroker.Host, Port = own!.Port };
        var result = RunLine(session, broker, topics, count ?? assets.Test.Count, cancellation);
        _print.Line(result, assets, broker, topics, own is not null);

        string overview = Path.Combine(folder, "overview.jpg");
        Overview.Write(overview, Overview.Choose(result.Parts), assets.Labels);
        _print.Files(folder, overview, QuantizedPath, result);
        return result.Delivery.IsExactlyOnce ? 0 : 1;
    }

    /// <summary>A broker that is away or refuses is told of before the work, not after it.</summary>
    private static async Task RequireBrokerAsync(MqttOptions broker, Topics topics, CancellationToken cancellation)
    {
        await using var probe = await DeliveryProbe.StartAsync(broker, topics.AllEvents, null, cancellation).ConfigureAwait(false);
    }

    private void MakeFolder()
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{folder}: the folder cannot be made: {e.Message}", e);
        }
    }

    /// <summary>Writes the int8 model with its report and what <c>edge run</c> needs to use it.</summary>
    private QuantizationReport Quantize(CancellationToken cancellation)
    {
        var samples = InputData.OfPictures($"{assets.Calibration.Count} calibration pictures", assets.Calibration, assets.Pipeline.Preprocess ?? new());
        var result = QuantizationBar.Show(terminal, progress => Quantizer.QuantizeFile(assets.Pipeline.ModelFile, samples, new QuantizationOptions(), progress, cancellation));
        new QuantizedFiles(QuantizedPath).Write(result, new HtmlReportOptions(Path.GetFileName(assets.Pipeline.ModelFile)));
        foreach (string file in (string[])[assets.Pipeline.FullName, assets.Pipeline.LabelFile!]) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        return result.Report;
    }

    private Accuracy Judge(string name, InferenceSession session, CancellationToken cancellation) => CountBar.Show(terminal, name, assets.Test.Count, done =>
        Accuracy.Measure(Inspector(session, Accuracy.LowestScore), assets.Test, Rule.Threshold, done, cancellation));

    private LineResult RunLine(InferenceSession session, MqttOptions broker, Topics topics, int count, CancellationToken cancellation)
    {
        var evidence = new EvidenceWriter(new EvidenceOptions(Path.Combine(folder, "evidence")));
        string[] files = [.. Enumerable.Range(0, count).Select(i => assets.Test[i % assets.Test.Count].File)];
        using var model = Model.Load(QuantizedPath);
        var reference = new ModelReference(Path.GetFileName(QuantizedPath), model.Sha256, "int8", session.Provider);
        var line = new LineRun(broker, topics, Path.Combine(folder, "outbox"), evidence);
        return CountBar.Show(terminal, "inspect and publish", count, done =>
            line.RunAsync(Inspector(session, null), reference, files, done, cancellation).GetAwaiter().GetResult());
    }

    private Inspector Inspector(InferenceSession session, float? minScore)
    {
        if (assets.Pipeline.Postprocess is not { Detection: { } detection }) throw new CommandException($"{assets.Pipeline.FullName}: the demo's model is a detector, and this describes none");
        var postprocess = new PostprocessOptions { Detection = detection with { MinScore = minScore ?? detection.MinScore } };
        return new Inspector(session, assets.Pipeline.Preprocess ?? new(), postprocess, Rule, assets.Labels);
    }
}
