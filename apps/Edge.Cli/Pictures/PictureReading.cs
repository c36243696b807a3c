using Edge.Cli.Commands;
using Edge.Cli.Output;
using Edge.Imaging.Preprocessing;
using Edge.Onnx;
using Edge.Pipeline;
using Edge.Pipeline.Postprocessing;
using Edge.Runtime;

namespace Edge.Cli.Pictures;

/// <summary>
/// What the options of <c>edge run</c> say about reading pictures; null where they say nothing. The head is one of
/// <see cref="Heads"/>; <c>Postprocess</c> names a file in the JSON form of <see cref="PostprocessOptions"/>, for what the other options cannot say.
/// </summary>
internal sealed record ReadingArguments(
    string? Preprocess, string? Labels, string? Head, string? Activation, bool SkipFirst, int? Background, string? Postprocess, double? Threshold, double? Overlap, int Top)
{
    public const string Classification = "classification";

    /// <summary>What <c>--head</c> may be.</summary>
    public static readonly string[] Heads = [Classification, .. Enum.GetNames<HeadKind>().Select(n => n.ToLowerInvariant())];
}

/// <summary>How a model's pictures are prepared and its outputs read: from the command line, else from pipeline.json, else from the model.</summary>
internal sealed record PictureReading(PreprocessOptions Preprocess, ModelInput Input, PostprocessOptions Postprocess, Labels? Labels)
{
    /// <exception cref="CommandException">The arguments contradict each other.</exception>
    /// <exception cref="ModelException">The model does not suit them.</exception>
    public static PictureReading Resolve(ReadingArguments arguments, PipelineFile? file, GraphProto graph, IInferenceSession session)
    {
        var preprocess = PreprocessArguments.Resolve(arguments.Preprocess, file);
        var input = PictureInput.Resolve(session, preprocess);
        string? labelFile = arguments.Labels ?? file?.LabelFile;
        var labels = labelFile is null ? null : Labels.Load(labelFile);
        return new PictureReading(preprocess, input, OutputOptions(arguments, file, graph, session, input), labels);
    }

    private static PostprocessOptions OutputOptions(ReadingArguments arguments, PipelineFile? file, GraphProto graph, IInferenceSession session, ModelInput input)
    {
        if (arguments.Postprocess is { } path) return FromFile(path, arguments);
        if (arguments.Head is null && file?.Postprocess is { } given) return Adjusted(given, arguments);
        var known = arguments.Head switch
        {
            null => PostprocessGuess.Of(graph, session.Outputs, input),
            ReadingArguments.Classification => PostprocessGuess.Classification(graph),
            var named => new PostprocessOptions { Detection = new DetectionOptions(Enum.Parse<HeadKind>(named, ignoreCase: true)) },
        };
        return Adjusted(known, arguments);
    }

    /// <summary>What the options say on top of what is known.</summary>
    private static PostprocessOptions Adjusted(PostprocessOptions known, ReadingArguments arguments)
    {
        var activation = arguments.Activation is { } a ? Enum.Parse<Activation>(a, ignoreCase: true) : (Activation?)null;
        if (known.Detection is { } d)
        {
            if (arguments.SkipFirst) throw new CommandException($"--skip-first belongs to classifiers; a detector with head {Word(d.Head)} takes --background");
            var adjusted = d with
            {
                MinScore = (float?)arguments.Threshold ?? d.MinScore,
                MaxOverlap = (float?)arguments.Overlap ?? d.MaxOverlap,
                Activation = activation ?? d.Activation,
                Background = arguments.Background ?? d.Background,
            };
            return Checked(new PostprocessOptions { Detection = adjusted });
        }

        if (arguments.Threshold is not null || arguments.Overlap is not null || arguments.Background is not null)
            throw new CommandException("--threshold, --iou and --background belong to detectors, and this model is read as none; name its kind with --head");
        if (known.Classification is not { } c) return known;
        return new PostprocessOptions { Classification = c with { Activation = activation ?? c.Activation, SkipFirst = arguments.SkipFirst || c.SkipFirst, Top = arguments.Top } };
    }

    private static PostprocessOptions Checked(PostprocessOptions options)
    {
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

    private static string Word(HeadKind head) => head.ToString().ToLowerInvariant();

    private static PostprocessOptions FromFile(string path, ReadingArguments arguments)
    {
        if (arguments.Head is not null || arguments.Activation is not null || arguments.SkipFirst || (arguments.Threshold ?? arguments.Overlap ?? arguments.Background) is not null)
            throw new CommandException("--postprocess says everything about the outputs; leave out --head, --activation, --skip-first, --background, --threshold and --iou");
        return FromFile(path);
    }

    /// <summary>What a file in the JSON form of <see cref="PostprocessOptions"/> says.</summary>
    public static PostprocessOptions FromFile(string path)
    {
        if (!File.Exists(path)) throw new CommandException($"{path}: no such file");
        try
        {
            return PostprocessOptions.FromJson(File.ReadAllText(path));
        }
        catch (FormatException e)
        {
            throw new CommandException($"{path}: {e.Message}", e);
        }
    }
}
