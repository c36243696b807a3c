using Edge.Kernels.Layout;
using Edge.Runtime.Operators.Transpose;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Expand;

/// <summary>Expand: the input broadcast together with a shape, both ways.</summary>
internal sealed class ExpandOperator() : Operator("Expand", "", 8, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Moves;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireType(1, DataType.Int64, DataType.Int32);
        if (c.ConstantInts(1) is not { } target)
        {
            c.DataDependent(0, c.Type(0));
            return;
        }

        var x = c.Shape(0);
        int rank = Math.Max(x.Rank, target.Length);
        var dims = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            int from = i - (rank - x.Rank), to = i - (rank - target.Length);
            long a = from < 0 ? 1 : x[from], b = to < 0 ? 1 : target[to];
            if (a != b && a != 1 && b != 1) throw c.Error($"{x} and [{string.Join(',', target)}] do not broadcast: {a} and {b} differ");
            dims[i] = checked((int)(a == 1 ? b : a));
        }

        c.Output(0, c.Type(0), new Shape(dims));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        var y = c.OutputShape();
        int element = c.Type(0).Size();
        int[] from = x.Strides(), to = y.Strides();
        var axes = new CopyAxis[y.Rank];
        for (int i = 0; i < axes.Length; i++)
        {
            int a = i - (y.Rank - x.Rank);
            axes[i] = new CopyAxis(y[i], a < 0 || x[a] == 1 ? 0 : (nint)from[a] * element, (nint)to[i] * element);
        }

        return new MoveExecutor(new StridedCopy(axes, element));
    }
}
