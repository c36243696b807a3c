using System.Diagnostics;
using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Onnx;
using Edge.Pipeline.Decisions;
using Edge.Pipeline.Postprocessing;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Inspection;

/// <summary>What came out for one picture.</summary>
/// <param name="Findings">What the model said.</param>
/// <param name="Decision">What follows.</param>
/// <param name="Preprocess">Time to prepare the model's input.</param>
/// <param name="Inference">Time of the model.</param>
/// <param name="Postprocess">Time to read its outputs and to decide.</param>
public readonly record struct InspectionResult(Findings Findings, Decision Decision, TimeSpan Preprocess, TimeSpan Inference, TimeSpan Postprocess);

/// <summary>
/// A model with all that makes it an inspector: picture in, decision out.
/// </summary>
/// <remarks>Not safe for concurrent use. It does not own the session.</remarks>
public sealed class Inspector
{
    private readonly IInferenceSession _session;
    private readonly Preprocessor _preprocessor;
    private readonly Postprocessor _postprocessor;
    private readonly DecisionMaker _decisions;
    private readonly Tensor _input;

    /// <param name="session">The model.</param>
    /// <param name="preprocess">How pictures become its input.</param>
    /// <param name="postprocess">How its outputs are read.</param>
    /// <param name="rule">How it is decided.</param>
    /// <param name="labels">Names of its classes; numbers stand in when null.</param>
    /// <exception cref="ModelException">Model, options, labels and rule do not suit each other; the message says which.</exception>
    /// <exception cref="FormatException">Options contradict each other.</exception>
    public Inspector(IInferenceSession session, PreprocessOptions preprocess, PostprocessOptions postprocess, DecisionRule rule, Labels? labels = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(postprocess);
        _session = session;
        _preprocessor = PictureInput.Preprocessor(session, preprocess);
        _postprocessor = Postprocessor.Create(postprocess, session.Outputs, _preprocessor.Input, labels);
        _decisions = new DecisionMaker(rule, _postprocessor.Labels);
        if (postprocess.Detection is { } detection && detection.MinScore > _decisions.LowestLimit)
            throw new ModelException($"the detector drops scores below {detection.MinScore}, but the rule looks at scores from {_decisions.LowestLimit}: lower minScore");
        if (postprocess.Classification is not null) _decisions.RequireOkLabels();
        _input = _preprocessor.CreateInput();
    }

    public Labels Labels => _postprocessor.Labels;

    /// <summary>What runs the model.</summary>
    public string Provider => _session.Provider;

    /// <exception cref="ImageException">The picture is too small for what the options cut out of it.</exception>
    /// <exception cref="ModelException">The model's outputs cannot be read: wrong shape or type, or values that are not finite.</exception>
    public InspectionResult Inspect(ImageView image)
    {
        long start = Stopwatch.GetTimestamp();
        Placement placement = _preprocessor.Run(image, _input);
        long prepared = Stopwatch.GetTimestamp();
        IReadOnlyList<Tensor> outputs = _session.Run(_input);
        long ran = Stopwatch.GetTimestamp();
        Findings findings = _postprocessor.Read(new ModelRun(_input, outputs, placement, image.Width, image.Height));
        Decision decision = _decisions.Decide(findings);
        return new InspectionResult(
            findings, decision, Stopwatch.GetElapsedTime(start, prepared), Stopwatch.GetElapsedTime(prepared, ran), Stopwatch.GetElapsedTime(ran));
    }
}
