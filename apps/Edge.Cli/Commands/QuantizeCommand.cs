using System.CommandLine;
using Edge.Cli.Output;
using Edge.Onnx;
using Edge.Quantization;
using Edge.Quantization.Report;
using Edge.Runtime;
using Spectre.Console;

namespace Edge.Cli.Commands;

/// <summary><c>edge quantize</c>: fp32 to int8, with a report of what it cost.</summary>
internal static class QuantizeCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = ModelArguments.Model();
        var output = new Option<string>("--output", "-o") { HelpName = "file", Description = "where the int8 model goes; the report goes beside it as .report.json and .report.md", Required = true };
        var calibrate = new Option<string>("--calibrate") { HelpName = "path", Description = "representative inputs: a folder of pictures, or .npy or .npz arrays", Required = true };
        var preprocess = PreprocessArguments.Option();
        var samples = NumberOption.WholeOrNone("--samples", "use at most so many of them", min: 1, int.MaxValue);
        var keepOps = new Option<string[]>("--float-ops") { HelpName = "operator", Description = "operators to keep in float everywhere", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var keepNodes = new Option<string[]>("--float-nodes") { HelpName = "node", Description = "nodes to keep in float; * and ? are wildcards", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var perTensor = new Option<bool>("--per-tensor") { Description = "one scale for all channels of a weight" };
        var symmetric = new Option<bool>("--symmetric") { Description = "symmetric int8 activations, as TensorRT wants them" };
        var command = new Command("quantize", "Turns a float32 model into an int8 one (QDQ), calibrated on representative inputs.")
        {
            model, output, calibrate, preprocess, samples, keepOps, keepNodes, perTensor, symmetric,
        };
        command.SetAction((p, cancellation) =>
        {
            var options = new QuantizationOptions
            {
                FloatOperators = p.GetValue(keepOps)!,
                FloatNodes = p.GetValue(keepNodes)!,
                PerChannel = !p.GetValue(perTensor),
                SymmetricActivations = p.GetValue(symmetric),
                MaxSamples = p.GetValue(samples),
            };
            return Task.FromResult(Run(terminal, p.GetValue(model)!, p.GetValue(output)!, p.GetValue(calibrate)!, p.GetValue(preprocess), options, cancellation));
        });
        return command;
    }

    private static int Run(Terminal terminal, string path, string output, string calibrate, string? preprocess, QuantizationOptions options, CancellationToken cancellation)
    {
        RequireRoomFor(output, path);
        var samples = PictureSamples.Open(calibrate, preprocess, path);
        var result = QuantizationBar.Show(terminal, progress => Quantizer.QuantizeFile(path, samples, options, progress, cancellation));
        OnnxWriter.Save(result.Model, output);
        string reports = Path.Combine(Path.GetDirectoryName(output) ?? "", Path.GetFileNameWithoutExtension(output));
        File.WriteAllText(reports + ".report.json", result.Report.ToJson() + "\n");
        File.WriteAllText(reports + ".report.md", result.Report.ToMarkdown());
        Write(terminal, result.Report, output, reports);
        return 0;
    }

    /// <summary>What can be known before the work is done is told before it.</summary>
    private static void RequireRoomFor(string output, string source)
    {
        string full = Path.GetFullPath(output);
        if (Directory.Exists(full)) throw new CommandException($"{output}: a folder, where the int8 model is to be written");
        if (full == Path.GetFullPath(source)) throw new CommandException($"{output}: the int8 model would overwrite its source");
        string folder = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder)) throw new CommandException($"{folder}: no such folder");
    }

    private static void Write(Terminal terminal, QuantizationReport report, string output, string reports)
    {
        terminal.Line($"{output}: {Units.Bytes(report.QuantizedBytes)}, {100.0 * report.QuantizedBytes / report.SourceBytes:0} % of {Units.Bytes(report.SourceBytes)}; "
            + $"{report.Layers.Count} layers int8, {report.FloatLayers.Count} float; calibrated on {report.CalibrationSamples} samples");
        if (report.Outputs.Count > 0)
        {
            var table = Terminal.NewTable("output", ">SQNR dB", ">max error", ">mean error");
            foreach (var o in report.Outputs) table.AddRow(Markup.Escape(o.Name), $"{o.SqnrDb:0.0}", $"{o.MaxError:G3}", $"{o.MeanError:G3}");
            terminal.Console.Write(table);
        }

        var worst = report.Layers.Where(l => l.SqnrDb is not null).OrderBy(l => l.SqnrDb).Take(5).ToList();
        if (worst.Count > 0)
        {
            var table = Terminal.NewTable("noisiest layers", "operator", ">SQNR dB");
            foreach (var l in worst) table.AddRow(Markup.Escape(l.Name), Markup.Escape(l.Operator), $"{l.SqnrDb:0.0}");
            terminal.Console.Write(table);
        }

        terminal.Line($"  report: {reports}.report.md, {reports}.report.json");
    }
}
