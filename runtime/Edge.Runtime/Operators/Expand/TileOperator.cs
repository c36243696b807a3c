using Edge.Kernels.Layout;
using Edge.Runtime.Operators.Transpose;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Expand;

/// <summary>Tile (opset 6 on): each axis repeated as a whole.</summary>
internal sealed class TileOperator() : Operator("Tile", "", 6, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Moves;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireType(1, DataType.Int64, DataType.Int32);
        if (c.ConstantInts(1) is not { } repeats)
        {
            c.DataDependent(0, c.Type(0));
            return;
        }

        var x = c.Shape(0);
        if (repeats.Length != x.Rank || repeats.Any(r => r < 0)) throw c.Error($"repeats [{string.Join(',', repeats)}] must hold {x.Rank} numbers of 0 or more for input {x}");
        c.Output(0, c.Type(0), new Shape([.. repeats.Select((r, i) => checked((int)(r * x[i])))]));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        var y = c.OutputShape();
        int element = c.Type(0).Size();
        int[] from = x.Strides(), to = y.Strides();
        var axes = new List<CopyAxis>();
        for (int i = 0; i < x.Rank; i++)
        {
            axes.Add(new CopyAxis(x[i] == 0 ? 0 : y[i] / x[i], 0, (nint)to[i] * x[i] * element));
            axes.Add(new CopyAxis(x[i], (nint)from[i] * element, (nint)to[i] * element));
        }

        return new MoveExecutor(new StridedCopy(axes.ToArray(), element));
    }
}
