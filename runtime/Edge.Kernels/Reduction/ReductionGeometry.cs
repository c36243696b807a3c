using Edge.Tensors;

namespace Edge.Kernels.Reduction;

/// <summary>Where the elements of each reduced set lie.</summary>
internal sealed class ReductionGeometry
{
    private readonly Shape _shape;
    private readonly List<int> _kept = [];
    private readonly List<int> _reduced = [];

    public ReductionGeometry(Shape shape, ReadOnlySpan<int> axes)
    {
        _shape = shape;
        for (int a = 0; a < shape.Rank; a++) (axes.Contains(a) ? _reduced : _kept).Add(a);
        int first = _reduced.Count == 0 ? shape.Rank : _reduced[0];
        int last = _reduced.Count == 0 ? shape.Rank : _reduced[^1] + 1;
        IsOneBlock = last - first == _reduced.Count;
        Outer = shape.Product(0, first);
        Length = shape.Product(first, last);
        Inner = shape.Product(last, shape.Rank);
    }

    /// <summary>For each result, the offset of the first element of its set. Made at each call: large.</summary>
    public int[] MakeStarts() => Offsets(_shape, _shape.Strides(), _kept);

    /// <summary>The offsets of a set's elements from its first, in row-major order. Made at each call: large.</summary>
    public int[] MakeMembers() => Offsets(_shape, _shape.Strides(), _reduced);

    /// <summary>The reduced axes are neighbours: the tensor is <c>[Outer, Length, Inner]</c>, reduced along its second axis.</summary>
    public bool IsOneBlock { get; }

    public int Outer { get; }

    public int Length { get; }

    public int Inner { get; }

    private static int[] Offsets(Shape shape, int[] strides, List<int> axes)
    {
        int count = 1;
        foreach (int a in axes) count *= shape[a];
        var offsets = new int[count];
        for (int i = 0; i < count; i++)
        {
            int rest = i;
            for (int k = axes.Count - 1; k >= 0; k--)
            {
                offsets[i] += rest % shape[axes[k]] * strides[axes[k]];
                rest /= shape[axes[k]];
            }
        }

        return offsets;
    }
}
