using Edge.Tensors;

namespace Edge.ModelMatrix.Samples;

/// <summary>Real inputs for a model with one input. Not synchronized.</summary>
internal interface ISamples
{
    int Count { get; }

    /// <summary>The input of sample <paramref name="index"/>; overwritten by the next call.</summary>
    Tensor Input(int index);

    /// <summary>The class of sample <paramref name="index"/>; −1 where nobody knows.</summary>
    int Label(int index);
}
