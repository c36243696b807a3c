using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>A value whose shape only a run knows. Its tensor is made anew only when type or shape change.</summary>
internal sealed class DynamicValue
{
    /// <summary>What the last run left; null before the first.</summary>
    public Tensor? Tensor { get; private set; }

    /// <summary>Memory for <paramref name="shape"/>; the elements are not cleared.</summary>
    public Tensor Ensure(DataType type, Shape shape)
    {
        if (Tensor is null || Tensor.Type != type || Tensor.Shape != shape) Tensor = Tensor.Create(type, shape);
        return Tensor;
    }
}
