using System.CommandLine;
using System.Text.Json;
using Edge.Cli.Output;
using Edge.Cli.Pictures;
using Edge.Cli.Providers;
using Edge.Imaging;
using Edge.Imaging.Sources;
using Edge.Pipeline;
using Edge.Runtime;

namespace Edge.Cli.Commands;

/// <summary><c>edge run</c>: what a model says about pictures.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = ModelArguments.Model();
        var images = new Argument<string[]>("images") { Description = "pictures (JPEG, PNG, BMP) and folders of them", Arity = ArgumentArity.OneOrMore };
        var labels = new Option<string?>("--labels") { HelpName = "file", Description = "names of the classes, one a line" };
        var top = NumberOption.Whole("--top", "classes of a classifier to list", value: 5, min: 1, max: 100_000);
        var preprocess = PreprocessArguments.Option();
        var head = WordOption.OneOf("--head", "kind", "how the outputs are laid out; guessed from their shapes if it is not given", ReadingArguments.Heads);
        var activation = WordOption.OneOf("--activation", "function", "what is still to be done to the scores; a classifier that does not end in one gets a softmax", ["none", "sigmoid", "softmax"]);
        var skipFirst = new Option<bool>("--skip-first") { Description = "the classifier's first class means background: leave it out" };
        var background = NumberOption.WholeOrNone("--background", "class that means nothing, of heads ssd and boxes; labels do not count it", min: 0, int.MaxValue);
        var threshold = NumberOption.RealOrNone("--threshold", "report detections from this score on", min: 0, max: 1);
        var iou = NumberOption.RealOrNone("--iou", "of two boxes that overlap by more than this, drop the lesser", min: 0, max: 1);
        var postprocess = new Option<string?>("--postprocess") { HelpName = "file", Description = "JSON with everything about the outputs, such as {\"detection\":{\"head\":\"ssd\",\"background\":0,…}}" };
        var save = new Option<string?>("--save") { HelpName = "folder", Description = "write the pictures with what was found drawn on them" };
        var recursive = new Option<bool>("--recursive", "-r") { Description = "look into folders within folders" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var threads = new ThreadOptions();
        var isa = ModelArguments.Isa();
        var cache = ModelArguments.WeightCache();
        var winograd = ModelArguments.Winograd();
        var tune = ModelArguments.Tune();
        var command = new Command("run", $"Runs a model on pictures: labels of a classifier, boxes of a detector. A {PipelineFile.Name} beside the model says how, unless options do.")
        {
            model, images, labels, top, head, threshold, iou, activation, skipFirst, background, postprocess, preprocess, save, recursive, json, isa, winograd, tune, cache,
        };
        var provider = new ProviderOptions();
        provider.AddTo(command);
        threads.AddTo(command);
        command.SetAction((p, cancellation) =>
        {
            var reading = new ReadingArguments(
                p.GetValue(preprocess), p.GetValue(labels), p.GetValue(head), p.GetValue(activation), p.GetValue(skipFirst), p.GetValue(background), p.GetValue(postprocess), p.GetValue(threshold), p.GetValue(iou), p.GetValue(top));
            var threading = threads.Read(p);
            threading.RequireOwn(provider.Read(p).Provider);
            var options = threading.Session(p.GetValue(isa));
            (options.Winograd, options.Tune, options.WeightCache, options.Log) = (p.GetValue(winograd) != "off", p.GetValue(tune), p.GetValue(cache), terminal.Remark);
            string path = p.GetValue(model)!;
            var beside = PipelineFile.Beside(path);
            var files = PictureFiles.Find(p.GetValue(images)!, p.GetValue(recursive));
            var folder = p.GetValue(save) is { } saved ? new PictureFolder(saved) : null;
            var prepare = PreprocessArguments.Resolve(p.GetValue(preprocess), beside);
            var request = new EngineRequest(path, options, inputs => PictureSamples.First(files, prepare, inputs), $"pictures, {prepare}");
            var session = Engines.Open(terminal, provider.Read(p), request, cancellation);
            using var opened = PictureModel.Open(path, reading, beside, session);
            IRunOutput output = p.GetValue(json) ? new RunJsonOutput(terminal, path, opened) : new RunTextOutput(terminal, opened.Labels);
            return Task.FromResult(Run(terminal, opened, files, folder, output, cancellation));
        });
        return command;
    }

    private static int Run(Terminal terminal, PictureModel model, IReadOnlyList<string> files, PictureFolder? folder, IRunOutput output, CancellationToken cancellation)
    {
        int unreadable = 0;
        foreach (string file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                var read = model.Read(file, out var picture);
                using (picture) output.Add(read, Save(folder, picture, read, model.Labels));
            }
            catch (ImageException e)
            {
                // One bad file is no reason to leave the others out; the exit code tells of it.
                terminal.Error.WriteLine($"edge: {e.Message}");
                unreadable++;
            }
        }

        output.End();
        return unreadable == 0 ? 0 : 1;
    }

    private static string? Save(PictureFolder? folder, Bitmap picture, ReadPicture read, Labels labels)
    {
        if (folder is null) return null;
        Annotation.Draw(picture, read.Findings, labels);
        return folder.Save(picture, read.File);
    }
}
