using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>A list of tensors of one element type. Never changes; its tensors own their memory and never change either.</summary>
internal sealed class TensorSequence(IReadOnlyList<Tensor> items)
{
    public static TensorSequence Empty { get; } = new([]);

    public int Count => items.Count;

    public Tensor this[int index] => items[index];

    public IEnumerable<Tensor> Items => items;
}
