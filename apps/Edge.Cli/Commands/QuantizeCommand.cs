using System.CommandLine;
using Edge.Cli.Output;
using Edge.Cli.Quantizing;
using Edge.Quantization;
using Edge.Quantization.Calibration;
using Edge.Quantization.Metrics;
using Edge.Quantization.Observers;
using Edge.Quantization.Report.Html;
using Edge.Quantization.Search;
using Edge.Runtime;

namespace Edge.Cli.Commands;

/// <summary><c>edge quantize</c>: float32 to int8 or less, with a report of what it cost.</summary>
internal static class QuantizeCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = ModelArguments.Model();
        var output = new Option<string>("--output", "-o") { HelpName = "file", Description = "where the quantized model goes; the report goes beside it as .report.html, .report.json and .report.md", Required = true };
        var calibrate = new Option<string?>("--calibrate") { HelpName = "path", Description = "representative inputs: a folder of pictures, or .npy or .npz arrays; forms other than static only compare with float32 on them" };
        var form = FormOption.Create();
        var preprocess = PreprocessArguments.Option();
        var samples = NumberOption.WholeOrNone("--samples", "use at most so many of them", min: 1, int.MaxValue);
        var maxDrop = DropOption.Create("--max-drop", "search for the fastest int8 model whose accuracy is no more than this below that of float32: percentage points of a metric in percent, else a share (1%) or a difference (0.01)");
        var data = new Option<string>("--data") { HelpName = "path", Description = "what --max-drop is measured on; by default agreement with float32 on the inputs of --calibrate" };
        var elsewhere = new Option<bool>("--elsewhere") { Description = "the model will run on another machine: --max-drop weighs layers by their multiply-accumulates, not by times measured here" };
        var ranges = RangeOption.Create();
        var keepOps = new Option<string[]>("--float-ops") { HelpName = "operator", Description = "operators to keep in float everywhere", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var keepNodes = new Option<string[]>("--float-nodes") { HelpName = "node", Description = "nodes to keep in float; * and ? are wildcards", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var perTensor = new Option<bool>("--per-tensor") { Description = "one scale for all channels of a weight" };
        var symmetric = new Option<bool>("--symmetric") { Description = "symmetric int8 activations, as TensorRT wants them" };
        var block = NumberOption.WholeOrNone("--block", "of --form weights-4: so many weights share a scale; 16, 32 (the default), 64, 128 or 256", min: 16, 256);
        var asymmetric = new Option<bool>("--asymmetric-weights") { Description = "of --form weights-4: a zero point for each block" };
        var command = new Command("quantize", "Turns a float32 model into an int8 one (QDQ), calibrated on representative inputs, or into one of another form.")
        {
            model, output, form, calibrate, preprocess, samples, maxDrop, data, elsewhere, ranges, keepOps, keepNodes, perTensor, symmetric, block, asymmetric,
        };
        command.Validators.Add(r =>
        {
            bool Given(Option option) => r.GetResult(option) is { Implicit: false };
            string? Text(Option option) => r.GetResult(option) is { Tokens: [var token, ..] } ? token.Value : null;
            // What is no form at all is told by the option itself.
            if (FormOption.Read(Text(form)) is not { } asked) return;
            if (asked == QuantizationForm.Static && !Given(calibrate)) r.AddError("--calibrate is required: the static form observes ranges on samples");
            foreach (Option option in (Option[])[maxDrop, data, ranges, symmetric])
                if (asked != QuantizationForm.Static && Given(option)) r.AddError($"{option.Name} is of --form static");
            foreach (Option option in (Option[])[block, asymmetric])
                if (asked != QuantizationForm.WeightOnly4 && Given(option)) r.AddError($"{option.Name} is of --form weights-4");
            if (int.TryParse(Text(block), out int size) && size is >= 16 and <= 256 && !int.IsPow2(size)) r.AddError($"--block {size}: 16, 32, 64, 128 or 256 is expected");
            if (r.GetResult(data) is not null && r.GetResult(maxDrop) is null) r.AddError("--data is what --max-drop is measured on; give both");
            if (r.GetResult(elsewhere) is { Implicit: false } && r.GetResult(maxDrop) is null) r.AddError("--elsewhere is for --max-drop; give both");
        });
        command.SetAction((p, cancellation) =>
        {
            var chosen = p.GetValue(ranges);
            var options = new QuantizationOptions
            {
                Form = p.GetValue(form),
                WeightBlock = p.GetValue(block) ?? 32,
                AsymmetricWeights = p.GetValue(asymmetric),
                FloatOperators = p.GetValue(keepOps)!,
                FloatNodes = p.GetValue(keepNodes)!,
                PerChannel = !p.GetValue(perTensor),
                SymmetricActivations = p.GetValue(symmetric),
                MaxSamples = p.GetValue(samples),
                Ranges = chosen?.Estimator ?? RangeEstimators.MinMax,
                ChooseRanges = chosen?.Measured ?? false,
                ForThisMachine = !p.GetValue(elsewhere),
            };
            return Task.FromResult(Run(terminal, p.GetValue(model)!, p.GetValue(output)!, p.GetValue(calibrate), p.GetValue(preprocess), p.GetValue(maxDrop), p.GetValue(data), options, cancellation));
        });
        return command;
    }

    private static int Run(
        Terminal terminal, string path, string output, string? calibrate, string? preprocess, Drop? maxDrop, string? data, QuantizationOptions options, CancellationToken cancellation)
    {
        QuantizedFiles files = QuantizedFiles.At(output, path);
        ICalibrationSource? samples = calibrate is null ? null : PictureSamples.Open(calibrate, preprocess, path);
        // A search reads its samples a dozen times; decoding pictures takes longer than running a small model on them.
        using var spooled = maxDrop is null ? null : new SpooledSource(samples!, files.Folder);
        using var held = data is null ? null : new SpooledSource(PictureSamples.Open(data, preprocess, path), files.Folder);
        QuantizationResult result = QuantizationBar.Show(terminal, progress => maxDrop is not { } drop
            ? Quantizer.QuantizeFile(path, samples, options, progress, cancellation)
            : Quantizer.Search(path, spooled!, Promise(path, drop, held ?? spooled!), options, progress, cancellation));
        files.Write(result, new HtmlReportOptions(Path.GetFileName(path)));
        QuantizationSummary.Write(terminal, result.Report, files);
        return result.Report.Promise is { Kept: false } ? 2 : 0;
    }

    /// <summary>Without labels, what the float model says is the truth.</summary>
    private static AccuracyPromise Promise(string path, Drop drop, ICalibrationSource samples)
    {
        using Model model = Model.Load(path);
        IAccuracyMetric metric = AgreementMetric.For(model.Proto.Graph, model.Inputs, model.Outputs);
        (double most, bool relative) = drop.For(metric.Unit);
        return new AccuracyPromise(metric, samples, most, relative);
    }
}
