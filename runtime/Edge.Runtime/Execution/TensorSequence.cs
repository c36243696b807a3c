using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>A list of tensors of one element type. Never changes; its tensors own their memory and never change either.</summary>
internal sealed class TensorSequence(IReadOnlyList<Tensor> items)
{
    public static TensorSequence Empty { get; } = new([]);

    /// <summary>What an entry takes beside its elements.</summary>
    private const int ItemBytes = 256;

    public int Count => items.Count;

    /// <summary>Bytes of all tensors together.</summary>
    public long ByteLength { get; } = items.Sum(t => t.ByteLength + ItemBytes);

    public Tensor this[int index] => items[index];

    public IEnumerable<Tensor> Items => items;
}
