using Edge.Kernels.Layout;
using Edge.Runtime.Operators.Pad;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Select;

/// <summary>
/// Compress: the slices along <c>axis</c>, or the elements of the flattened input, for which a condition holds. The
/// condition may be shorter than the axis.
/// </summary>
internal sealed class CompressOperator() : Operator("Compress", "", 9, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Moves;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireType(1, DataType.Bool);
        c.RequireRank(1, 1, 1);
        var x = c.Shape(0);
        int? axis = Axis(c.Node, x);
        int size = axis is { } a ? x[a] : x.Count;
        if (c.Shape(1).Count > size) throw c.Error($"a condition of {c.Shape(1).Count} elements is longer than the {size} that it chooses from");
        if (c.Constant(1) is not { } condition)
        {
            c.DataDependent(0, c.Type(0));
            return;
        }

        int[] dims = axis is null ? [0] : x.ToArray();
        dims[axis ?? 0] = condition.AsSpan<bool>().Count(true);
        c.Output(0, c.Type(0), new Shape(dims));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int? axis = Axis(c.Node, x);
        var condition = c.Constant(1)!.AsSpan<bool>().ToArray();
        int[] chosen = [.. Enumerable.Range(0, condition.Length).Where(i => condition[i])];
        int[] dims = axis is null ? [x.Count] : x.ToArray();
        int[][] tables = [.. dims.Select((d, a) => a == (axis ?? 0) ? chosen : [.. Enumerable.Range(0, d)])];
        return new IndexedExecutor("compress", new IndexedCopy(dims, tables, c.Type(0).Size()), Tensor.Create(c.Type(0), Shape.Scalar), -1);
    }

    /// <summary>Null where the input is taken flattened.</summary>
    private static int? Axis(Graph.Node node, Shape x) => node.Attributes.Has("axis") ? node.Axis(node.Attributes.Int("axis"), x.Rank) : null;
}
