using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>
/// What tensors take whose shapes runs decide: each at most what the limits allow, all of a session together four times
/// that, since plans for other shapes are kept. Not synchronized: a session's steps run one after the other.
/// </summary>
/// <param name="maxBytes"><see cref="SessionLimits.MaxActivationBytes"/>.</param>
internal sealed class MemoryBudget(long maxBytes)
{
    private long _used;

    /// <exception cref="ModelException">A tensor would be larger than allowed.</exception>
    public void Check(DataType type, Shape shape)
    {
        long bytes = (long)shape.Count * type.Size();
        if (bytes > maxBytes) throw Exceeded($"a tensor of {type.OnnxName()}{shape} takes {bytes:N0} bytes", maxBytes);
    }

    /// <exception cref="ModelException">The tensors of a sequence together would be larger than allowed.</exception>
    public void Check(TensorSequence sequence)
    {
        if (sequence.ByteLength > maxBytes) throw Exceeded($"a sequence of {sequence.Count:N0} tensors takes {sequence.ByteLength:N0} bytes", maxBytes);
    }

    /// <summary>Takes <paramref name="taken"/> bytes in place of <paramref name="returned"/>.</summary>
    /// <exception cref="ModelException">All tensors together would be larger than allowed.</exception>
    public void Exchange(long returned, long taken)
    {
        if (_used - returned + taken > 4 * maxBytes) throw Exceeded($"tensors whose shapes runs decided take {_used - returned + taken:N0} bytes, four times as much as one may", 4 * maxBytes);
        _used += taken - returned;
    }

    private static ModelException Exceeded(string what, long allowed) =>
        new($"{what}; {nameof(SessionLimits)}.{nameof(SessionLimits.MaxActivationBytes)} allows {allowed:N0}");
}
