using Edge.Kernels.Layout;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Transpose;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Slice;

/// <summary>
/// Slice: <c>starts</c>, <c>ends</c>, <c>axes</c> are attributes before opset 10; inputs, with <c>steps</c>, from then on.
/// </summary>
internal sealed class SliceOperator() : Operator("Slice", "", 1, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Moves;

    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        var ranges = SliceRange.Read(c.Node, c.Shape(0));
        if (ranges is null) c.DataDependent(0, c.Type(0));
        else c.Output(0, c.Type(0), new Shape(Array.ConvertAll(ranges, r => r.Count)));
    }

    /// <summary>Names the axes of the new layout; without axes they were the first ones.</summary>
    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        if (!node.TryIntList("axes", 10, 3, out var axes)) return false;
        if (axes is null)
        {
            if (!node.TryIntList("starts", 10, 1, out var starts)) return false;
            axes = [.. Enumerable.Range(0, starts!.Length).Select(a => (long)a)];
        }

        node.SetIntList(graph, "axes", 10, 3, [.. axes.Select(a => (long)ChannelsLastAxis(node.Axis(a, rank), rank))]);
        return true;
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int element = c.Type(0).Size();
        var ranges = SliceRange.Read(c.Node, x)!;
        int[] strides = x.Strides();
        int[] target = c.OutputShape().Strides();
        var axes = new CopyAxis[x.Rank];
        nint start = 0;
        for (int a = 0; a < x.Rank; a++)
        {
            axes[a] = new CopyAxis(ranges[a].Count, (nint)ranges[a].Step * strides[a] * element, (nint)target[a] * element);
            start += (nint)ranges[a].First * strides[a] * element;
        }

        // Some of the innermost elements: each row of the output is made of the same row of the input.
        bool ofRows = x.Rank > 1 && Enumerable.Range(0, x.Rank - 1).All(a => ranges[a].First == 0 && ranges[a].Step == 1 && ranges[a].Count == x[a]);
        return new MoveExecutor(new StridedCopy(axes, element), start, ofRows ? x.Product(0, x.Rank - 1) : 0);
    }
}
