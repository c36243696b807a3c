using Edge.Tensors;

namespace Edge.Kernels.Quantize;

/// <summary>
/// A tensor as <c>[Outer, Channels, Inner]</c>: element <c>(o, c, i)</c> belongs to channel c. One channel is a tensor
/// with one scale.
/// </summary>
public readonly record struct ChannelLayout(nint Outer, nint Channels, nint Inner)
{
    public nint Count => Outer * Channels * Inner;

    /// <summary>All elements share one channel.</summary>
    public static ChannelLayout PerTensor(nint count) => new(1, 1, count);

    /// <summary>Axis <paramref name="axis"/> holds the channels.</summary>
    public static ChannelLayout PerAxis(Shape shape, int axis) =>
        new(shape.Product(0, axis), shape[axis], shape.Product(axis + 1, shape.Rank));
}
