using Edge.Kernels.Layout;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pad;

/// <summary>
/// CenterCropPad: each named axis is cut or padded with zeros to <c>shape</c>, about its middle; of an odd difference the
/// larger part is at the end.
/// </summary>
internal sealed class CenterCropPadOperator() : Operator("CenterCropPad", "", 18, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Moves;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireType(1, DataType.Int32, DataType.Int64);
        var x = c.Shape(0);
        int[] axes = NamedAxes(c.Node, x.Rank);
        if (c.Shape(1) != new Shape(axes.Length)) throw c.Error($"shape has shape {c.Shape(1)}; it must hold {axes.Length} numbers");
        if (c.ConstantInts(1) is not { } sizes)
        {
            c.DataDependent(0, c.Type(0));
            return;
        }

        if (sizes.Any(s => s is < 0 or > int.MaxValue)) throw c.Error($"shape [{string.Join(',', sizes)}] must hold numbers of 0 or more");
        int[] dims = x.ToArray();
        for (int i = 0; i < axes.Length; i++) dims[axes[i]] = (int)sizes[i];
        c.Output(0, c.Type(0), new Shape(dims));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var (x, y) = (c.Shape(0), c.OutputShape());
        var tables = new int[x.Rank][];
        for (int a = 0; a < tables.Length; a++)
        {
            int shift = x[a] > y[a] ? (x[a] - y[a]) / 2 : -((y[a] - x[a]) / 2);
            tables[a] = [.. Enumerable.Range(0, y[a]).Select(i => i + shift >= 0 && i + shift < x[a] ? i + shift : -1)];
        }

        return new IndexedExecutor("center_crop_pad", new IndexedCopy(x.Dims, tables, c.Type(0).Size()), Tensor.Create(c.Type(0), Shape.Scalar), -1);
    }

    private static int[] NamedAxes(Node node, int rank) =>
        node.Attributes.Ints("axes") is { } named ? node.AxisList(named, rank) : [.. Enumerable.Range(0, rank)];
}
