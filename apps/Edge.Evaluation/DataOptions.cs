using Edge.Imaging.Preprocessing;
using Edge.Pipeline;
using Edge.Pipeline.Postprocessing;

namespace Edge.Evaluation;

/// <summary>How data is read and judged; what is null follows from the model, and from <c>pipeline.json</c> beside it. Immutable.</summary>
public sealed record DataOptions
{
    /// <summary>Path of the model, whose <c>pipeline.json</c> says what the other members leave open; null where there is none.</summary>
    public string? Model { get; init; }

    /// <summary>How pictures become input.</summary>
    public PreprocessOptions? Preprocess { get; init; }

    /// <summary>How outputs are read.</summary>
    public PostprocessOptions? Postprocess { get; init; }

    /// <summary>Names of the model's classes.</summary>
    public Labels? Labels { get; init; }

    /// <summary>At most so many samples, spread evenly over all.</summary>
    public int? MaxSamples { get; init; }

    /// <summary>The column of a table that holds the label; by default the first that is called as such columns are.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>Rows of a series or samples of a recording in one window, for models that leave it open.</summary>
    public int? Window { get; init; }

    /// <summary>How far apart windows begin; their length by default, so that none overlap.</summary>
    public int? Stride { get; init; }

    /// <summary>Samples a second that recordings are brought to; null where they have the model's rate.</summary>
    public int? Rate { get; init; }

    /// <summary>What <c>pipeline.json</c> beside the model says, where this says nothing.</summary>
    public DataOptions Completed()
    {
        if (Model is null || PipelineFile.Beside(Model) is not { } file) return this;
        return this with
        {
            Preprocess = Preprocess ?? file.Preprocess,
            Postprocess = Postprocess ?? file.Postprocess,
            Labels = Labels ?? (file.LabelFile is { } labels ? Labels.Load(labels) : null),
        };
    }
}
