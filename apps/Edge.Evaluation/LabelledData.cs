using Edge.Evaluation.Layouts;
using Edge.Evaluation.Samples;
using Edge.Evaluation.Tasks;
using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Metrics;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Evaluation;

/// <summary>
/// Data as users have it, fitted to a model: the inputs through the very preprocessing that the pipeline uses, and what the
/// outputs should be. Where nothing is known of the samples, models are held to the float model. Not synchronized.
/// </summary>
public sealed class LabelledData
{
    private readonly SelectedSamples _samples;

    private LabelledData(string description, SelectedSamples samples, EvaluationTask task, bool isLabelled, FittedData data)
    {
        (Description, _samples, Task, IsLabelled, Unlabelled) = (description, samples, task, isLabelled, isLabelled ? null : data.Unlabelled);
        Slices = [.. data.Slices.Select(s => new SliceColumn(s.Name, [.. samples.Indices.Select(i => s.Values[i])]))];
        Source = new DelegateCalibrationSource(description, samples.Count, _ => Read());
    }

    /// <summary>Where it comes from: <c>parts (200 pictures)</c>.</summary>
    public string Description { get; }

    /// <summary>Number of samples.</summary>
    public int Count => _samples.Count;

    /// <summary>What the outputs are held to.</summary>
    public EvaluationTask Task { get; }

    /// <summary>The task's figures as metrics, the default first; they know the samples by their position in <see cref="Source"/>.</summary>
    public IReadOnlyList<IAccuracyMetric> Metrics => Task.Metrics;

    /// <summary>Whether something is known of the samples; if not, the task is agreement with the float model.</summary>
    public bool IsLabelled { get; }

    /// <summary>Why what might have been labels is not taken for them; null where nothing might, or there are labels.</summary>
    public string? Unlabelled { get; }

    /// <summary>The inputs, for calibrating as well as for judging.</summary>
    public ICalibrationSource Source { get; }

    /// <summary>Properties that divide the samples; values by position.</summary>
    public IReadOnlyList<SliceColumn> Slices { get; }

    /// <summary>What reports call a sample.</summary>
    public string Name(int sample) => _samples.Name(sample);

    /// <summary>The inputs in order; overwritten by the next.</summary>
    public IEnumerable<IReadOnlyList<Tensor>> Read()
    {
        for (int i = 0; i < _samples.Count; i++) yield return _samples.Read(i);
    }

    /// <summary>Opens data for a model.</summary>
    /// <param name="path">
    /// A folder of pictures or WAV files, one folder a class; pictures with a table of labels, with YOLO's or VOC's boxes, or with
    /// masks; <c>.npy</c> or <c>.npz</c> with labels; a <c>.csv</c> of rows, series or files.
    /// </param>
    /// <param name="options">How it is read.</param>
    /// <param name="model">Whose data it is.</param>
    /// <exception cref="DataException">The data is not there, is of no known arrangement, or does not suit the model.</exception>
    /// <exception cref="Imaging.ImageException">A picture or preprocessing does not suit the model.</exception>
    /// <exception cref="ModelException">An array does not suit the model, or <c>pipeline.json</c> or labels cannot be read.</exception>
    public static LabelledData Open(string path, DataOptions options, ModelFacts model)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(model);
        DataOptions complete = options.Completed();
        DataLayout layout = DataLayouts.Of(path, complete);
        FittedData fitted = layout.Fit(model.Inputs);
        SelectedSamples samples = SelectedSamples.Of(fitted.Samples, complete.MaxSamples);
        if (samples.Count == 0) throw new DataException($"{path}: there are no samples in it");
        (EvaluationTask task, bool labelled) = new TaskChooser(complete, model, fitted, samples).Choose();
        return new LabelledData(layout.Description, samples, task, labelled, fitted);
    }
}
