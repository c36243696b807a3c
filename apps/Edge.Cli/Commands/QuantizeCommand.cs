using System.CommandLine;
using Edge.Cli.Output;
using Edge.Cli.Quantizing;
using Edge.Evaluation;
using Edge.Quantization;
using Edge.Quantization.Calibration;
using Edge.Quantization.Observers;
using Edge.Quantization.Report.Html;

namespace Edge.Cli.Commands;

/// <summary><c>edge quantize</c>: float32 to int8 or less, with a report of what it cost.</summary>
internal static class QuantizeCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = ModelArguments.Model();
        var output = new Option<string>("--output", "-o") { HelpName = "file", Description = "where the quantized model goes; the report goes beside it as .report.html, .report.json and .report.md", Required = true };
        var calibrate = new Option<string?>("--calibrate") { HelpName = "path", Description = "representative inputs: a folder of pictures or of WAV files, .npy or .npz arrays, or a .csv of rows or series; forms other than static only compare with float32 on them" };
        var form = FormOption.Create();
        var arguments = new DataArguments();
        var samples = NumberOption.WholeOrNone("--samples", "use at most so many of them, spread over all", min: 1, int.MaxValue);
        var maxDrop = DropOption.Create("--max-drop", "search for the fastest int8 model whose accuracy is no more than this below that of float32: percentage points of a metric in percent, else a share (1%) or a difference (0.01)");
        var data = new Option<string>("--data") { HelpName = "path", Description = "what --max-drop is measured on: labelled data as edge evaluate takes it, or inputs, on which the answers of float32 are the truth; by default those of --calibrate" };
        var metric = new Option<string?>("--metric") { HelpName = "name", Description = "what --max-drop is about, of the metrics that the data has: top-1, mAP@0.5, AUROC, …; its first if it is not given" };
        var confirm = new Option<string?>("--confirm") { HelpName = "path", Description = "other data, none of that of --data and --calibrate, on which the model that --max-drop found is judged once more" };
        var fallback = WordOption.OneOf("--fallback", "what", "what --max-drop gives layers that lose too much in 8 bits; 16-bit is for accelerators with 16-bit activations", ["float", "16-bit"]);
        var elsewhere = new Option<bool>("--elsewhere") { Description = "the model will run on another machine: --max-drop weighs layers by their multiply-accumulates, not by times measured here" };
        var fix = FixOption.Create();
        var ranges = RangeOption.Create();
        var equalize = new Option<bool>("--equalize") { Description = "even out the ranges of channels between layers first" };
        var absorb = new Option<bool>("--absorb-bias") { Description = "move the constant part of large activations into the next layer's bias; of use with --equalize" };
        var smooth = NumberOption.RealOrNone("--smooth", "move outliers of a transformer's activations into weights: 0 none, 1 all, 0.5 half (SmoothQuant)", min: 0, max: 1);
        var correct = WordOption.OneOf("--correct-bias", "how", "correct biases for what quantization does to the mean of each layer: for what its weights do (analytic), or all before it, too (empirical)", ["none", "analytic", "empirical"]);
        var rounding = WordOption.OneOf("--rounding", "how", "how weights become integers", ["nearest", "feedback", "learned"]);
        var keepOps = new Option<string[]>("--float-ops") { HelpName = "operator", Description = "operators to keep in float everywhere", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var keepNodes = new Option<string[]>("--float-nodes") { HelpName = "node", Description = "nodes to keep in float; * and ? are wildcards", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var wide = new Option<string[]>("--activations-16") { HelpName = "node", Description = "nodes whose activations have 16 bits around int8 weights (a16w8), for accelerators that have them; * and ? are wildcards", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var products = new Option<bool>("--activation-products") { Description = "integers for products of two activations, too, as attention has them: for accelerators; CPUs compute them faster in float" };
        var floatEnds = new Option<bool>("--float-ends") { Description = "keep the first and the last layers in float" };
        var perTensor = new Option<bool>("--per-tensor") { Description = "one scale for all channels of a weight" };
        var symmetric = new Option<bool>("--symmetric") { Description = "symmetric int8 activations and float32 biases, as TensorRT wants them" };
        var block = NumberOption.WholeOrNone("--block", "of --form weights-4: so many weights share a scale; 16, 32 (the default), 64, 128 or 256", min: 16, 256);
        var asymmetric = new Option<bool>("--asymmetric-weights") { Description = "of --form weights-4: a zero point for each block" };
        var command = new Command("quantize", "Turns a float32 model into an int8 one (QDQ), calibrated on representative inputs, or into one of another form.")
        {
            model, output, form, calibrate, samples, maxDrop, data, metric, confirm, fallback, elsewhere, fix, ranges, equalize, absorb, smooth, correct, rounding, keepOps, keepNodes, floatEnds, wide, products, perTensor, symmetric, block, asymmetric,
        };
        arguments.AddTo(command);
        command.Validators.Add(r =>
        {
            bool Given(Option option) => r.GetResult(option) is { Implicit: false };
            string? Text(Option option) => r.GetResult(option) is { Tokens: [var token, ..] } ? token.Value : null;
            // What is no form at all is told by the option itself.
            if (FormOption.Read(Text(form)) is not { } asked) return;
            if (asked == QuantizationForm.Static && !Given(calibrate)) r.AddError("--calibrate is required: the static form observes ranges on samples");
            foreach (Option option in (Option[])[maxDrop, data, ranges, equalize, absorb, smooth, correct, rounding, floatEnds, wide, products, symmetric])
                if (asked != QuantizationForm.Static && Given(option)) r.AddError($"{option.Name} is of --form static");
            foreach (Option option in (Option[])[block, asymmetric])
                if (asked != QuantizationForm.WeightOnly4 && Given(option)) r.AddError($"{option.Name} is of --form weights-4");
            if (int.TryParse(Text(block), out int size) && size is >= 16 and <= 256 && !int.IsPow2(size)) r.AddError($"--block {size}: 16, 32, 64, 128 or 256 is expected");
            if (Text(confirm) is { } unseen && ((Option[])[calibrate, data]).FirstOrDefault(o => Text(o) is { } seen && Path.GetFullPath(seen) == Path.GetFullPath(unseen)) is { } same)
                r.AddError($"--confirm {unseen}: the search sees it as {same.Name}; name other data");
            foreach ((Option option, string what) in ((Option, string)[])
                [(data, "is what --max-drop is measured on"), (metric, "is what --max-drop is about"), (confirm, "is what a model found by --max-drop is judged on"), (fallback, "is for --max-drop"), (elsewhere, "is for --max-drop")])
                if (Given(option) && r.GetResult(maxDrop) is null) r.AddError($"{option.Name} {what}; give both");
            foreach (Option option in arguments.OfOutputs)
                if (Given(option) && r.GetResult(maxDrop) is null) r.AddError($"{option.Name} is for judging answers, as --max-drop does; give both");
            foreach (Option option in (Option[])[samples, .. arguments.OfInputs])
                if (Given(option) && r.GetResult(calibrate) is null) r.AddError($"{option.Name} is about the samples of --calibrate; give both");
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
                Activations16 = p.GetValue(wide)!,
                FloatEnds = p.GetValue(floatEnds),
                ActivationProducts = p.GetValue(products),
                PerChannel = !p.GetValue(perTensor),
                SymmetricActivations = p.GetValue(symmetric),
                QuantizeBias = !p.GetValue(symmetric),
                Ranges = chosen?.Estimator ?? RangeEstimators.MinMax,
                ChooseRanges = chosen?.Measured ?? false,
                Equalize = p.GetValue(equalize),
                AbsorbBias = p.GetValue(absorb),
                Smooth = p.GetValue(smooth),
                CorrectBias = p.GetValue(correct) switch { "analytic" => BiasMethod.Analytic, "empirical" => BiasMethod.Empirical, _ => BiasMethod.None },
                Rounding = p.GetValue(rounding) switch { "learned" => WeightRounding.Learned, "feedback" => WeightRounding.Feedback, _ => WeightRounding.Nearest },
                ForThisMachine = !p.GetValue(elsewhere),
                Fallback = p.GetValue(fallback) == "16-bit" ? SearchFallback.SixteenBits : SearchFallback.Float,
                FixedInputs = p.GetValue(fix)!,
            };
            string path = p.GetValue(model)!;
            string? inputs = p.GetValue(calibrate);
            QuantizedFiles files = QuantizedFiles.At(p.GetValue(output)!, path);
            ICalibrationSource? source = inputs is null ? null : InputData.Open(inputs, arguments.Read(p, path, inputs) with { MaxSamples = p.GetValue(samples) });
            if (p.GetValue(maxDrop) is not { } drop)
                return Task.FromResult(Finish(terminal, QuantizationBar.Show(terminal, progress => Quantizer.QuantizeFile(path, source, options, progress, cancellation)), files, new HtmlReportOptions(Path.GetFileName(path))));
            string judged = p.GetValue(data) ?? inputs!;
            using var promise = PromisedData.Open(path, options, judged, arguments.Read(p, path, judged), p.GetValue(metric), drop, files.Folder);
            if (p.GetValue(confirm) is { } unseen) promise.Confirm(unseen, arguments.Read(p, path, unseen));
            if (promise.Note is { } note) terminal.Remark(note);
            // A search reads its samples a dozen times; decoding pictures takes longer than running a small model on them.
            using var spooled = new SpooledSource(source!, files.Folder);
            QuantizationResult result = QuantizationBar.Show(terminal, progress => Quantizer.Search(path, spooled, promise.Promise, options, progress, cancellation));
            return Task.FromResult(Finish(terminal, result, files, promise.Page(Path.GetFileName(path))));
        });
        return command;
    }

    private static int Finish(Terminal terminal, QuantizationResult result, QuantizedFiles files, HtmlReportOptions page)
    {
        files.Write(result, page);
        QuantizationSummary.Write(terminal, result.Report, files);
        return result.Report.Promise is { Kept: false } or { Unseen.Kept: false } ? 2 : 0;
    }
}
