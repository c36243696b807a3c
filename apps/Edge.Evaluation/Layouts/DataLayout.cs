using Edge.Evaluation.Samples;
using Edge.Evaluation.Truths;
using Edge.Runtime;

namespace Edge.Evaluation.Layouts;

/// <summary>Data on disk whose arrangement is known, not yet fitted to a model.</summary>
/// <param name="Description">What reports call it.</param>
/// <param name="Count">Samples, where that does not depend on the model.</param>
/// <param name="Fit">Fits it to the inputs of a model.</param>
internal sealed record DataLayout(string Description, int? Count, Func<IReadOnlyList<TensorInfo>, FittedData> Fit);

/// <summary>Samples of a model, with what is known of them.</summary>
/// <param name="Samples">The inputs.</param>
/// <param name="Truth">Read only where it is wanted; null where nothing is known.</param>
/// <param name="Slices">Properties of all samples.</param>
internal sealed record FittedData(ISampleSet Samples, Func<Truth?> Truth, IReadOnlyList<SliceColumn> Slices)
{
    /// <summary>What might have been labels and why it is not taken for them; null where nothing might.</summary>
    public string? Unlabelled { get; init; }
}
