using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>
/// What a value holds during a run where the plan does not fix its memory: a tensor, a sequence of tensors, or nothing
/// (an absent optional).
/// </summary>
/// <param name="budget">Bounds its own memory; null for a value that has none, or none that a model decides.</param>
internal sealed class RunValue(MemoryBudget? budget = null)
{
    private Tensor? _own;
    private long _ownBytes;

    /// <summary>Null before the first run, and while the value is a sequence or absent.</summary>
    public Tensor? Tensor { get; private set; }

    /// <summary>Null unless the value is a sequence.</summary>
    public TensorSequence? Sequence { get; private set; }

    public bool IsPresent => Tensor is not null || Sequence is not null;

    public static RunValue Of(Tensor tensor) => new() { Tensor = tensor };

    /// <summary>Own memory for <paramref name="shape"/>, made anew only when type or shape change; the elements are not cleared.</summary>
    /// <exception cref="ModelException">The tensor would be larger than allowed.</exception>
    public Tensor Ensure(DataType type, Shape shape)
    {
        if (_own is null || _own.Type != type || _own.Shape != shape)
        {
            budget?.Check(type, shape);
            budget?.Exchange(_ownBytes, (long)shape.Count * type.Size());
            _ownBytes = (long)shape.Count * type.Size();
            _own = Tensor.Create(type, shape);
        }

        Sequence = null;
        return Tensor = _own;
    }

    /// <summary>Fails as <see cref="Ensure"/> does, and takes no memory.</summary>
    /// <exception cref="ModelException">The tensor would be larger than allowed.</exception>
    public void Check(DataType type, Shape shape) => budget?.Check(type, shape);

    /// <summary>Refers to a tensor of somebody else, who must leave it as it is while this value is read.</summary>
    public void Refer(Tensor tensor)
    {
        Tensor = tensor;
        Sequence = null;
    }

    /// <exception cref="ModelException">The tensors together are larger than allowed.</exception>
    public void Refer(TensorSequence sequence)
    {
        budget?.Check(sequence);
        Tensor = null;
        Sequence = sequence;
    }

    /// <summary>Refers to what <paramref name="other"/> holds now.</summary>
    public void Refer(RunValue other)
    {
        Tensor = other.Tensor;
        Sequence = other.Sequence;
    }

    /// <summary>Takes over what <paramref name="other"/> holds: a copy of a tensor; sequences never change and are shared.</summary>
    public void Copy(RunValue other)
    {
        if (other.Tensor is { } t) t.Bytes.CopyTo(Ensure(t.Type, t.Shape).Bytes);
        else Refer(other);
    }

    /// <summary>Holds nothing from now on. Own memory is kept for the next run.</summary>
    public void Clear()
    {
        Tensor = null;
        Sequence = null;
    }

    /// <summary>Gives its own memory back; it must not be used afterwards.</summary>
    public void Free()
    {
        budget?.Exchange(_ownBytes, 0);
        _ownBytes = 0;
        _own = null;
        Clear();
    }

    /// <summary>The memory of <see cref="Ensure"/> is <paramref name="tensor"/> while type and shape fit.</summary>
    public void Own(Tensor tensor) => _own = tensor;
}
