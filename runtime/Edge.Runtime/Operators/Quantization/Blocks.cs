using Edge.Kernels.Quantize;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Quantization;

/// <summary>
/// One scale for each run of <paramref name="Size"/> neighbours along an axis: a tensor <c>[Outer, Extent, Inner]</c>
/// has scales <c>[Outer, ⌈Extent / Size⌉, Inner]</c>.
/// </summary>
internal sealed record Blocks(nint Outer, nint Extent, nint Inner, nint Size)
{
    private nint Count => Outer * Extent * Inner;

    /// <summary>Every element counts as a channel, once scales are written out for each.</summary>
    public ChannelLayout Layout => new(1, Count, 1);

    /// <summary>Null where the node has no blocks.</summary>
    public static Blocks? Read(Graph.Node node, Shape x)
    {
        long size = node.Attributes.Int("block_size", 0);
        if (size == 0) return null;
        int axis = node.Axis(node.Attributes.Int("axis", 1), x.Rank);
        if (size < 0 || size > int.MaxValue) throw node.Error($"block_size {size} must be 0 or a positive number");
        return new Blocks(x.Product(0, axis), x[axis], x.Product(axis + 1, x.Rank), (nint)size);
    }

    /// <summary>The shape that scales must have.</summary>
    public Shape ScaleShape(Graph.Node node, Shape x)
    {
        int[] dims = x.ToArray();
        dims[node.Axis(node.Attributes.Int("axis", 1), x.Rank)] = (int)((Extent + Size - 1) / Size);
        return new Shape(dims);
    }

    /// <summary>The index of the scale of element <paramref name="i"/>.</summary>
    public nint ScaleOf(nint i)
    {
        nint outer = i / (Extent * Inner), at = i / Inner % Extent;
        return (outer * ((Extent + Size - 1) / Size) + at / Size) * Inner + i % Inner;
    }
}
