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
        var arguments = new DataArguments();
        var slice = new Option<string[]>("--slice") { HelpName = "name", Description = "judge parts of the data apart, too: folder, or a column of the table", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var reference = new Option<string?>("--reference") { HelpName = "model", Description = "for data without labels: the float model that is to be agreed with" };
        var samples = NumberOption.WholeOrNone("--samples", "use at most so many, spread evenly", min: 1, int.MaxValue);
        var engine = VerifyCommand.Engine("--engine", "what runs the model");
        var threads = ModelArguments.Threads();
        var isa = ModelArguments.Isa();
        var winograd = ModelArguments.Winograd();
        var json = new Option<bool>("--json") { Description = "print JSON, with every class" };
        var command = new Command("evaluate", $"Measures a model on labelled data: top-1, precision and recall, mAP, AUROC, errors. A {PipelineFile.Name} beside the model says how it is read, unless options do.")
        {
            model, data, slice, samples, reference, engine, threads, isa, winograd, json,
        };
        arguments.AddTo(command);
        command.SetAction((p, cancellation) =>
        {
            string path = p.GetValue(model)!;
            var options = arguments.Read(p, path, p.GetValue(data)!) with { MaxSamples = p.GetValue(samples) };
            var session = ModelArguments.Session(p, threads, isa, winograd);
            Engines.RequireOwn(session, p.GetValue(engine)!);
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

    private static void RequireTruth(LabelledData data, string path, IInferenceSession? reference)
    {
        if (data.IsLabelled && reference is not null) throw new CommandException($"{path}: the data is labelled; leave out --reference, or compare two models with `edge verify`");
        if (!data.IsLabelled && reference is null)
            throw new CommandException($"{path}: no labels: {data.Unlabelled ?? "no folders of classes, table, boxes, masks or array of labels"}; give --reference MODEL to measure agreement with the float model");
    }
}
