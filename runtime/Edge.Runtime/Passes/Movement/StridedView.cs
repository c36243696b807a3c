using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Runtime.Operators.Slice;
using Edge.Runtime.Operators.Transpose;
using Edge.Tensors;

namespace Edge.Runtime.Passes.Movement;

/// <summary>
/// A value whose elements are those of another one, at fixed distances: element <c>(i₀, i₁, …)</c> is element
/// <c>Offset + Σ iₖ·Strides[k]</c> of the source. Chains of transpositions, reshapes, slices, splits and gathers of one
/// index are such views, however long they are.
/// </summary>
/// <param name="Source">A value that no such operator makes, or whose own view cannot be taken further.</param>
/// <param name="Dims">The value's shape.</param>
/// <param name="Strides">In elements; 0 along axes of 1.</param>
/// <param name="Offset">In elements.</param>
internal sealed record StridedView(Value Source, int[] Dims, long[] Strides, long Offset)
{
    /// <summary>Operators that are followed at once; the pass that replaces chains follows longer ones bit by bit.</summary>
    private const int LongestChain = 32;

    /// <summary>Whether the elements lie one after the other in the source, in the order of the view.</summary>
    public bool IsDense => MoveOperator.IsDense(Dims, Strides);

    /// <summary>Whether it is the whole source under another shape.</summary>
    public bool IsReshape => IsDense && Offset == 0 && Source.Shape!.Value.Count == Dims.Aggregate(1L, (p, d) => p * d);

    /// <summary>The view that <paramref name="value"/> is, as far back as it can be followed. Its shape is known, and not empty.</summary>
    public static StridedView Of(Value value) => Of(value, LongestChain);

    /// <summary>Whether <see cref="Of(Value)"/> may see through the operator, which then reads one tensor and constants.</summary>
    public static bool Moves(string opType) => IsReshaping(opType) || opType is "Transpose" or "Slice" or "Gather" or "Split" or MoveOperator.Name;

    public static bool IsReshaping(string opType) => opType is "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Identity";

    /// <summary>The strides of the same elements under another shape; null where no strides give it.</summary>
    public static long[]? Reshaped(ReadOnlySpan<int> dims, ReadOnlySpan<long> strides, ReadOnlySpan<int> shape)
    {
        var old = new List<(int Count, long Stride)>();
        for (int i = 0; i < dims.Length; i++)
            if (dims[i] != 1) old.Add((dims[i], strides[i]));
        var result = new long[shape.Length];
        int from = 0, to = 0;
        while (from < old.Count)
        {
            // The shortest groups of axes, old and new, that have the same number of elements.
            int fromEnd = from + 1, toEnd = to + 1;
            for (long a = old[from].Count, b = shape[to]; a != b;)
            {
                if (a < b) a *= old[fromEnd++].Count;
                else b *= shape[toEnd++];
            }

            for (int i = from; i < fromEnd - 1; i++)
                if (old[i].Stride != old[i + 1].Count * old[i + 1].Stride) return null;
            long stride = old[fromEnd - 1].Stride;
            for (int i = toEnd - 1; i >= to; i--)
            {
                result[i] = shape[i] == 1 ? 0 : stride;
                stride *= shape[i];
            }

            (from, to) = (fromEnd, toEnd);
        }

        return result;
    }

    private static StridedView Of(Value value, int length)
    {
        if (length == 0 || value.Producer is not { Domain: "" or OperatorCatalog.Internal } node || node.Input(0) is not { IsStatic: true } x || !Moves(node.OpType))
            return Whole(value, value.Shape!.Value.Dims);
        return Through(node, value, Of(x, length - 1)) ?? Through(node, value, Whole(x, x.Shape!.Value.Dims)) ?? Whole(value, value.Shape!.Value.Dims);
    }

    /// <summary>All of <paramref name="source"/>, in its order.</summary>
    private static StridedView Whole(Value source, ReadOnlySpan<int> dims)
    {
        var strides = new long[dims.Length];
        long stride = 1;
        for (int i = dims.Length - 1; i >= 0; i--)
        {
            strides[i] = dims[i] == 1 ? 0 : stride;
            stride *= dims[i];
        }

        return new StridedView(source, dims.ToArray(), strides, 0);
    }

    private static StridedView? Through(Node node, Value value, StridedView x)
    {
        if (IsReshaping(node.OpType))
        {
            var dims = value.Shape!.Value.Dims;
            return Reshaped(x.Dims, x.Strides, dims) is { } strides ? x with { Dims = dims.ToArray(), Strides = strides } : null;
        }

        return node.OpType switch
        {
            "Transpose" => x.Permuted(TransposeOperator.Permutation(node, x.Dims.Length)),
            "Slice" => SliceRange.Read(node, new Shape(x.Dims)) is { } ranges ? x.Sliced(ranges) : null,
            "Gather" => x.Gathered(node, value),
            "Split" => x.Part(node, value),
            MoveOperator.Name when x.IsReshape && MoveOperator.Read(node) is var (dims, strides, offset) => new StridedView(x.Source, dims, strides, offset),
            _ => null,
        };
    }

    /// <summary>The same elements with their axes in another order.</summary>
    public StridedView Permuted(int[] perm) => this with { Dims = Array.ConvertAll(perm, a => Dims[a]), Strides = Array.ConvertAll(perm, a => Strides[a]) };

    private StridedView Sliced(SliceRange[] ranges)
    {
        long offset = Offset;
        var strides = new long[Dims.Length];
        for (int a = 0; a < Dims.Length; a++)
        {
            offset += ranges[a].First * Strides[a];
            strides[a] = ranges[a].Count == 1 ? 0 : ranges[a].Step * Strides[a];
        }

        return this with { Dims = Array.ConvertAll(ranges, r => r.Count), Strides = strides, Offset = offset };
    }

    /// <summary>One index takes the axis away, or leaves it with a size of 1.</summary>
    private StridedView? Gathered(Node node, Value value)
    {
        if (node.Constant(1) is not { Count: 1, Type: DataType.Int64 or DataType.Int32 } index) return null;
        int axis = node.Axis(node.Attributes.Int("axis", 0), Dims.Length);
        long at = index.Type == DataType.Int64 ? index.AsSpan<long>()[0] : index.AsSpan<int>()[0];
        if (at < 0) at += Dims[axis];
        if (at < 0 || at >= Dims[axis]) return null;
        long[] strides = [.. Strides[..axis], .. new long[index.Shape.Rank], .. Strides[(axis + 1)..]];
        return this with { Dims = value.Shape!.Value.ToArray(), Strides = strides, Offset = Offset + at * Strides[axis] };
    }

    private StridedView? Part(Node node, Value value)
    {
        int axis = node.Axis(node.Attributes.Int("axis", 0), Dims.Length);
        long start = 0;
        foreach (var v in node.Outputs)
        {
            if (v == value)
            {
                var strides = (long[])Strides.Clone();
                if (v!.Shape!.Value[axis] == 1) strides[axis] = 0;
                return this with { Dims = v.Shape.Value.ToArray(), Strides = strides, Offset = Offset + start * Strides[axis] };
            }

            // How long a part is that nobody reads cannot be told from here.
            if (v is not { IsStatic: true }) return null;
            start += v.Shape!.Value[axis];
        }

        return null;
    }
}
