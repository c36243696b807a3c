using System.CommandLine;
using Edge.Cli.Output;
using Edge.Cli.Pictures;
using Edge.Evaluation;
using Edge.Pipeline;
using Edge.Pipeline.Postprocessing;

namespace Edge.Cli.Commands;

/// <summary>The options that say how labelled data and a model's outputs are read.</summary>
internal sealed class DataArguments
{
    private readonly Option<string?> _labels = new("--labels") { HelpName = "file", Description = "names of the model's classes, one a line" };
    private readonly Option<string?> _head = WordOption.OneOf("--head", "kind", "how a detector's outputs are laid out; guessed from their shapes if it is not given", [.. ReadingArguments.Heads.Where(h => h != ReadingArguments.Classification)]);
    private readonly Option<bool> _skipFirst = new("--skip-first") { Description = "the classifier's first class means background: leave it out" };
    private readonly Option<int?> _background = NumberOption.WholeOrNone("--background", "class that means nothing, of heads ssd and boxes; labels do not count it", min: 0, int.MaxValue);
    private readonly Option<string?> _postprocess = new("--postprocess") { HelpName = "file", Description = "JSON with everything about the outputs" };
    private readonly Option<string?> _labelColumn = new("--label-column") { HelpName = "name", Description = "column of a table that holds the label; label, class, target or the like if it is not given" };
    private readonly Option<int?> _window = NumberOption.WholeOrNone("--window", "rows of a series or samples of a recording in one window, where the model leaves it open", min: 1, int.MaxValue);
    private readonly Option<int?> _stride = NumberOption.WholeOrNone("--stride", "how far apart windows begin; their length by default", min: 1, int.MaxValue);
    private readonly Option<int?> _rate = NumberOption.WholeOrNone("--rate", "samples a second that the model was made for; recordings with other rates are resampled", min: 1, 10_000_000);
    private readonly Option<string?> _preprocess = PreprocessArguments.Option();

    /// <summary>Those about inputs.</summary>
    public IReadOnlyList<Option> OfInputs => [_preprocess, _labelColumn, _window, _stride, _rate];

    /// <summary>Those about what outputs mean, which is asked only where answers are judged.</summary>
    public IReadOnlyList<Option> OfOutputs => [_labels, _head, _skipFirst, _background, _postprocess];

    public void AddTo(Command command)
    {
        foreach (Option option in OfInputs.Concat(OfOutputs)) command.Add(option);
    }

    /// <param name="p">The command line.</param>
    /// <param name="model">Path of the model.</param>
    /// <param name="data">Path of the data.</param>
    /// <exception cref="CommandException">Options contradict each other.</exception>
    public DataOptions Read(ParseResult p, string model, string data)
    {
        PictureSamples.RequirePictures(data, p.GetValue(_preprocess));
        return new DataOptions
        {
            Model = model,
            Preprocess = PreprocessArguments.Parse(p.GetValue(_preprocess)),
            Postprocess = Postprocess(p.GetValue(_postprocess), p.GetValue(_head), p.GetValue(_skipFirst), p.GetValue(_background)),
            Labels = p.GetValue(_labels) is { } file ? Labels.Load(file) : null,
            LabelColumn = p.GetValue(_labelColumn),
            Window = p.GetValue(_window),
            Stride = p.GetValue(_stride),
            Rate = p.GetValue(_rate),
        };
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
}
