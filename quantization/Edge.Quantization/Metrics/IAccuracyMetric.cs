using Edge.Tensors;

namespace Edge.Quantization.Metrics;

/// <summary>
/// What a promise is about: a number that says how good a model's outputs are on a set of samples. Knows the labels of the
/// samples by their position, if it needs labels. Immutable; scores are made for each model and pass.
/// </summary>
public interface IAccuracyMetric
{
    /// <summary>As reports show it: <c>top-1</c>, <c>mAP@0.5</c>, <c>agreement with float</c>.</summary>
    string Name { get; }

    /// <summary><c>%</c> for shares in percent, whose differences are percentage points; empty for bare numbers.</summary>
    string Unit { get; }

    bool HigherIsBetter { get; }

    /// <summary>Whether it is a share of samples, those with the right answer, so that it moves only where an answer does.</summary>
    bool CountsAnswers => false;

    /// <summary>A score that has seen no sample.</summary>
    IAccuracyScore Start();
}

/// <summary>The score of one model over one pass through the samples. Not synchronized.</summary>
public interface IAccuracyScore
{
    /// <summary>Takes the outputs of one sample.</summary>
    /// <param name="sample">Position of the sample in its source, from 0.</param>
    /// <param name="reference">What the float model returned for it, in the order of its outputs; valid during the call.</param>
    /// <param name="outputs">What this model returned, in the same order; valid during the call.</param>
    void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs);

    /// <summary>Takes what another score of the same metric has seen.</summary>
    /// <param name="other">Stays as it is.</param>
    void Add(IAccuracyScore other);

    /// <summary>The metric over the samples so far; NaN where it is not defined for them.</summary>
    double Value { get; }
}
