namespace Edge.Quantization.Rewrite.WeightOnly;

/// <summary>Runs of <paramref name="Size"/> neighbours along the middle axis of <c>[Outer, Extent, Inner]</c>, row-major; the last run may be shorter.</summary>
internal readonly record struct BlockLayout(int Outer, int Extent, int Inner, int Size)
{
    public int PerExtent => (Extent + Size - 1) / Size;

    /// <summary>All blocks. They are numbered as the elements of <c>[Outer, PerExtent, Inner]</c>.</summary>
    public int Count => Outer * PerExtent * Inner;

    /// <summary>Where a block begins, and how many elements it has; they are <see cref="Inner"/> apart.</summary>
    public (int Start, int Length) Block(int number)
    {
        int inner = number % Inner, block = number / Inner % PerExtent, outer = number / Inner / PerExtent;
        int first = block * Size;
        return ((((outer * Extent) + first) * Inner) + inner, Math.Min(Size, Extent - first));
    }
}
