using System.CommandLine;
using System.Text.Json;
using Edge.Cli.Output;
using Edge.Cli.Pictures;
using Edge.Cli.Providers;
using Edge.Evaluation;
using Edge.Onnx;
using Edge.Pipeline;
using Edge.Pipeline.Postprocessing;
using Edge.Runtime;

namespace Edge.Cli.Commands;

/// <summary><c>edge evaluate</c>: how good a model is on labelled data.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = ModelArguments.Model();
        var data = new Argument<string>("data")
        {
            Description = "pictures or WAV files in one folder a class, or with a table of labels; pictures with YOLO's or VOC's boxes, or with masks; .npy or .npz with labels; a .csv of rows or series",
        };
        var labels = new Option<string?>("--labels") { HelpName = "file", Description = "names of the model's classes, one a line" };
        var preprocess = PreprocessArguments.Option();
        var head = WordOption.OneOf("--head", "kind", "how a detector's outputs are laid out; guessed from their shapes if it is not given", [.. ReadingArguments.Heads.Where(h => h != ReadingArguments.Classification)]);
        var skipFirst = new Option<bool>("--skip-first") { Description = "the classifier's first class means background: leave it out" };
        var background = NumberOption.WholeOrNone("--background", "class that means nothing, of heads ssd and boxes; labels do not count it", min: 0, int.MaxValue);
        var postprocess = new Option<string?>("--postprocess") { HelpName = "file", Description = "JSON with everything about the outputs" };
        var labelColumn = new Option<string?>("--label-column") { HelpName = "name", Description = "column of a table that holds the label; label, class, target or the like if it is not given" };
        var slice = new Option<string[]>("--slice") { HelpName = "name", Description = "judge parts of the data apart, too: folder, or a column of the table", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var reference = new Option<string?>("--reference") { HelpName = "model", Description = "for data without labels: the float model that is to be agreed with" };
        var samples = NumberOption.WholeOrNone("--samples", "use at most so many, spread evenly", min: 1, int.MaxValue);
        var window = NumberOption.WholeOrNone("--window", "rows of a series or samples of a recording in one window, where the model leaves it open", min: 1, int.MaxValue);
        var stride = NumberOption.WholeOrNone("--stride", "how far apart windows begin; their length by default", min: 1, int.MaxValue);
        var engine = VerifyCommand.Engine("--engine", "what runs the model");
        var threads = ModelArguments.Threads();
        var isa = ModelArguments.Isa();
        var winograd = ModelArguments.Winograd();
        var json = new Option<bool>("--json") { Description = "print JSON, with every class" };
        var command = new Command("evaluate", $"Measures a model on labelled data: top-1, precision and recall, mAP, AUROC, errors. A {PipelineFile.Name} beside the model says how it is read, unless options do.")
        {
            model, data, labels, slice, samples, reference, preprocess, head, skipFirst, background, postprocess, labelColumn, window, stride, engine, threads, isa, winograd, json,
        };
        command.SetAction((p, cancellation) =>
        {
            string path = p.GetValue(model)!;
            PictureSamples.RequirePictures(p.GetValue(data)!, p.GetValue(preprocess));
            var options = new DataOptions
            {
                Model = path,
                Preprocess = PreprocessArguments.Parse(p.GetValue(preprocess)),
                Postprocess = Postprocess(p.GetValue(postprocess), p.GetValue(head), p.GetValue(skipFirst), p.GetValue(background)),
                Labels = p.GetValue(labels) is { } file ? Labels.Load(file) : null,
                MaxSamples = p.GetValue(samples),
                LabelColumn = p.GetValue(labelColumn),
                Window = p.GetValue(window),
                Stride = p.GetValue(stride),
            };
            var session = ModelArguments.Session(p, threads, isa, winograd);
            using var judged = Engines.Open(terminal, p.GetValue(engine)!, path, session);
            using var other = p.GetValue(reference) is { } r ? Engines.Open(terminal, p.GetValue(engine)!, r, session) : null;
            using var onnx = OnnxFile.Open(path);
            var opened = LabelledData.Open(p.GetValue(data)!, options, new ModelFacts(judged.Inputs, judged.Outputs, onnx.Model.Graph));
            RequireTruth(opened, p.GetValue(data)!, other);
            var result = CountBar.Show(terminal, $"evaluate on {opened.Description}", opened.Count, done => Evaluator.Run(judged, other, opened, p.GetValue(slice)!, done, cancellation));
            var report = EvaluationReport.Of(path, judged.Provider, opened, result);
            if (p.GetValue(json)) terminal.Line(JsonSerializer.Serialize(report, EvaluationJson.Default.EvaluationReport));
            else EvaluationText.Write(terminal, report, opened);
            return Task.FromResult(0);
        });
        return command;
    }

    /// <summary>What the options say about the outputs; null where they say nothing.</summary>
    private static PostprocessOptions? Postprocess(string? path, string? head, bool skipFirst, int? background)
    {
        if (path is not null)
        {
            if (head is not null || skipFirst || background is not null) throw new CommandException("--postprocess says everything about the outputs; leave out --head, --skip-first and --background");
            return PictureReading.FromFile(path);
        }
        if (skipFirst && (head is not null || background is not null)) throw new CommandException("--skip-first belongs to classifiers; a detector takes --head and --background");
        if (skipFirst) return new PostprocessOptions { Classification = new ClassificationOptions(SkipFirst: true) };
        if (head is null) return background is null ? null : throw new CommandException("--background belongs to heads ssd and boxes; name one with --head");
        var options = new PostprocessOptions { Detection = new DetectionOptions(Enum.Parse<HeadKind>(head, ignoreCase: true)) { Background = background } };
        try
        {
            options.Validate();
            return options;
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message, e);
        }
    }

    private static void RequireTruth(LabelledData data, string path, IInferenceSession? reference)
    {
        if (data.IsLabelled && reference is not null) throw new CommandException($"{path}: the data is labelled; leave out --reference, or compare two models with `edge verify`");
        if (!data.IsLabelled && reference is null)
            throw new CommandException($"{path}: no labels: no folders of classes, table, boxes, masks or array of labels; give --reference MODEL to measure agreement with the float model");
    }
}
