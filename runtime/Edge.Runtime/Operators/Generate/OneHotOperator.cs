using Edge.Runtime.Operators.Cast;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Generate;

/// <summary>
/// OneHot: a new axis of size <c>depth</c> holding the on value at each index, the off value elsewhere. An index counts from
/// the end if it is negative; one outside <c>[−depth, depth)</c> gives off values only.
/// </summary>
internal sealed class OneHotOperator() : Operator("OneHot", "", 9, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Moves;

    public override void Infer(InferContext c)
    {
        c.RequireNumbers(0);
        c.RequireFixedSize(2);
        var indices = c.Shape(0);
        int axis = c.Node.Axis(c.Attributes.Int("axis", -1), indices.Rank + 1);
        if (c.Shape(1).Count != 1) throw c.Error($"depth has shape {c.Shape(1)}; it must be one number");
        if (c.Shape(2).Count != 2) throw c.Error($"values has shape {c.Shape(2)}; it must be [2]: off and on");
        if (c.Constant(1) is not { } depth)
        {
            c.DataDependent(0, c.Type(2));
            return;
        }

        long size = Depth(depth);
        if (size is < 0 or > int.MaxValue) throw c.Error($"a depth of {size} is not supported");
        c.Output(0, c.Type(2), new Shape([.. indices.Dims[..axis], (int)size, .. indices.Dims[axis..]]));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var indices = c.Shape(0);
        int axis = c.Node.Axis(c.Attributes.Int("axis", -1), indices.Rank + 1);
        return new OneHotExecutor(indices.Product(0, axis), c.OutputShape()[axis], indices.Product(axis, indices.Rank), c.Type(0), c.Type(2).Size());
    }

    private static unsafe long Depth(Tensor t)
    {
        if (t.Type == DataType.Int64) return t.AsSpan<long>()[0];
        long depth;
        ElementCast.Find(t.Type, DataType.Int64)(t.Data, &depth, 1);
        return depth;
    }
}
