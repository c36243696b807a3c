using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Onnx;
using Edge.Pipeline.Postprocessing.Heads;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing;

/// <summary>One run of a model on one picture.</summary>
/// <param name="Input">What the model was given.</param>
/// <param name="Outputs">What it returned; read before the next run.</param>
/// <param name="Placement">Where the picture lies in the input.</param>
/// <param name="Width">Of the source picture.</param>
/// <param name="Height">Of the source picture.</param>
public readonly record struct ModelRun(Tensor Input, IReadOnlyList<Tensor> Outputs, Placement Placement, int Width, int Height);

/// <summary>Turns a model's outputs into findings.</summary>
/// <remarks>Not safe for concurrent use: one instance a session.</remarks>
public abstract class Postprocessor
{
    /// <summary>Names of the classes that findings number.</summary>
    public abstract Labels Labels { get; }

    /// <exception cref="ModelException">An output has another shape or type than it should, or holds a value that is not finite.</exception>
    public abstract Findings Read(in ModelRun run);

    /// <summary>The post-processing of a model.</summary>
    /// <param name="options">What kind of model it is.</param>
    /// <param name="outputs">The model's outputs.</param>
    /// <param name="input">What the model takes.</param>
    /// <param name="labels">Names of its classes; numbers stand in when null.</param>
    /// <exception cref="ModelException">The outputs do not suit the options, or the labels do not suit the outputs.</exception>
    /// <exception cref="FormatException">The options contradict each other.</exception>
    public static Postprocessor Create(PostprocessOptions options, IReadOnlyList<TensorInfo> outputs, ModelInput input, Labels? labels = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(outputs);
        options.Validate();
        if (outputs.Count == 0) throw new ModelException("the model has no output");
        if (options.Classification is { } classification) return new ClassificationPostprocessor(classification, outputs[0], labels);
        if (options.Detection is { } detection)
            return new DetectionPostprocessor(detection, DetectionHeads.Create(detection, outputs, input), labels, outputs[0].Name);
        return new ReconstructionPostprocessor(outputs[0].Name);
    }

    /// <summary>The labels, checked against a number of classes where that is known already, or numbers in their place.</summary>
    private protected static Labels Settle(Labels? labels, int? classes, string output) => (labels, classes) switch
    {
        ({ } l, { } c) => l.RequireCount(c, output),
        ({ } l, null) => l,
        (null, { } c) => Labels.Numbered(c),
        _ => throw new ModelException($"output '{output}' leaves the number of classes open: labels are needed"),
    };
}

/// <summary>Reads a classifier: the first output.</summary>
internal sealed class ClassificationPostprocessor : Postprocessor
{
    private readonly ClassificationOptions _options;
    private readonly string _output;

    public ClassificationPostprocessor(ClassificationOptions options, TensorInfo output, Labels? labels)
    {
        (_options, _output) = (options, output.Name);
        // The batch may be open; a class dimension that is open leaves the count to the first run.
        bool known = output.Dimensions is { Count: > 0 } d && d.Skip(1).All(x => x.IsFixed);
        int? classes = known ? output.Dimensions!.Skip(output.Dimensions!.Count > 1 ? 1 : 0).Aggregate(1, (n, x) => n * x.Size) : null;
        Labels = Settle(labels, classes - (options.SkipFirst ? 1 : 0), _output);
    }

    public override Labels Labels { get; }

    public override Findings Read(in ModelRun run)
    {
        float[] scores = Classification.Scores(run.Outputs[0], _options, _output);
        Labels.RequireCount(scores.Length, _output);
        return new Findings { Scores = scores, Top = Classification.Top(scores, _options.Top) };
    }
}

/// <summary>Reads a detector: decode, suppress, take boxes back to the source.</summary>
internal sealed class DetectionPostprocessor : Postprocessor
{
    private readonly DetectionOptions _options;
    private readonly IDetectionHead _head;
    private readonly List<Detection> _candidates = [], _kept = [];
    private readonly string _output;

    public DetectionPostprocessor(DetectionOptions options, IDetectionHead head, Labels? labels, string output)
    {
        (_options, _head, _output) = (options, head, output);
        Labels = Settle(labels, head.Classes, output);
    }

    public override Labels Labels { get; }

    public override Findings Read(in ModelRun run)
    {
        _candidates.Clear();
        _head.Decode(run.Outputs, _options.MinScore, _candidates);
        NonMaximumSuppression.Apply(_candidates, _options.MaxOverlap, _options.ClassAgnostic, _options.MaxCandidates, _options.MaxDetections, _kept);
        var objects = new List<Detection>(_kept.Count);
        foreach (Detection d in _kept)
        {
            if (d.ClassId >= Labels.Count) throw new ModelException($"output '{_output}' gives class {d.ClassId}, but {Labels.Source} has {Labels.Count} labels");
            Box box = run.Placement.ToSource(d.Box).Clip(run.Width, run.Height);
            if (box.Width > 0 && box.Height > 0) objects.Add(d with { Box = box });
        }
        return new Findings { Objects = objects };
    }
}

/// <summary>Reads an autoencoder: the first output against the input.</summary>
internal sealed class ReconstructionPostprocessor(string output) : Postprocessor
{
    public override Labels Labels { get; } = Labels.Of("anomaly");

    public override Findings Read(in ModelRun run) =>
        new() { Anomaly = AnomalyScore.MeanSquaredError(run.Input, run.Outputs[0], output) };
}
