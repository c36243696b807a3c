using Edge.Kernels.Layout;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Transpose;

/// <summary>Transpose: axis i of the output is axis <c>perm[i]</c> of the input; without perm the axes are reversed.</summary>
internal sealed class TransposeOperator() : Operator("Transpose", "", 1, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Moves;

    /// <summary>The permutation that the node asks for, over <paramref name="rank"/> axes.</summary>
    public static int[] Permutation(Node node, int rank)
    {
        long[]? perm = node.Attributes.Ints("perm");
        if (perm is null) return [.. Enumerable.Range(0, rank).Reverse()];
        if (perm.Length != rank) throw node.Error($"perm [{string.Join(',', perm)}] has {perm.Length} axes; the input has {rank}");
        return node.AxisList(perm, rank);
    }

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        var x = c.Shape(0);
        c.Output(0, c.Type(0), new Shape(Array.ConvertAll(Permutation(c.Node, x.Rank), a => x[a])));
    }

    /// <summary>A transposition that only moves axes of 1 moves no byte.</summary>
    public override int ViewOfInput(Node node)
    {
        if (node.Inputs[0]!.Shape is not { } x) return -1;
        int[] moved = [.. Permutation(node, x.Rank).Where(a => x[a] != 1)];
        return moved.AsSpan().SequenceEqual(moved.Order().ToArray()) ? 0 : -1;
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        if (ViewOfInput(c.Node) == 0) return new Reshape.ViewExecutor("transpose", (nint)x.Count * c.Type(0).Size());
        return new MoveExecutor(StridedCopy.Transpose(x.Dims, Permutation(c.Node, x.Rank), c.Type(0).Size()));
    }
}
