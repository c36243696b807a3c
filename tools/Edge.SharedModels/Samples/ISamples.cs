using Edge.Tensors;

namespace Edge.SharedModels.Samples;

/// <summary>Real inputs for a model. Not synchronized.</summary>
internal interface ISamples
{
    int Count { get; }

    /// <summary>The first input of sample <paramref name="index"/>; overwritten by the next call.</summary>
    Tensor Input(int index);

    /// <summary>All inputs of sample <paramref name="index"/>, except the state that a model hands on.</summary>
    IReadOnlyList<Tensor> Inputs(int index) => [Input(index)];

    /// <summary>The class of sample <paramref name="index"/>; −1 where nobody knows.</summary>
    int Label(int index);
}

/// <summary>Samples that were made at once.</summary>
/// <param name="samples">All inputs of each.</param>
/// <param name="labels">The class of each; null where nobody knows.</param>
internal sealed class StoredSamples(IReadOnlyList<Tensor[]> samples, IReadOnlyList<int>? labels = null) : ISamples
{
    public int Count => samples.Count;

    public Tensor Input(int index) => samples[index][0];

    public IReadOnlyList<Tensor> Inputs(int index) => samples[index];

    public int Label(int index) => labels?[index] ?? -1;
}

/// <summary>Takes turns among sets, whose samples have different shapes.</summary>
internal sealed class MixedSamples(params ISamples[] sets) : ISamples
{
    public int Count => sets.Min(s => s.Count);

    public Tensor Input(int index) => sets[index % sets.Length].Input(index);

    public int Label(int index) => -1;
}
