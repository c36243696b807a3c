using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Concat;

/// <summary>
/// Split (opset 2 on): parts of the input along <c>axis</c>. The sizes are an attribute before opset 13, an input from
/// then on; left out, the parts are equal, and from opset 18 on the last one may be smaller.
/// </summary>
internal sealed class SplitOperator() : Operator("Split", "", 2, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Moves;

    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        var x = c.Shape(0);
        int axis = c.Node.Axis(c.Attributes.Int("axis", 0), x.Rank);
        if (!c.Node.TryIntList("split", 13, 1, out var sizes))
        {
            for (int i = 0; i < c.OutputCount; i++) c.DataDependent(i, c.Type(0));
            return;
        }

        sizes = sizes is null ? EqualParts(c, x[axis]) : sizes;
        if (sizes.Length != c.OutputCount || sizes.Any(s => s < 0) || sizes.Sum() != x[axis])
            throw c.Error($"split [{string.Join(',', sizes)}] does not divide axis {axis} of {x} into {c.OutputCount} outputs");
        int[] dims = x.ToArray();
        for (int i = 0; i < c.OutputCount; i++)
        {
            dims[axis] = (int)sizes[i];
            c.Output(i, c.Type(0), new Shape(dims));
        }
    }

    /// <summary>Along the outermost axis the parts follow each other whole.</summary>
    public override (int Input, nint Offset)? ViewOf(Node node, int output)
    {
        var x = node.Inputs[0]!.Shape!.Value;
        int axis = node.Axis(node.Attributes.Int("axis", 0), x.Rank);
        if (x.Product(0, axis) != 1) return null;
        long[] sizes = Sizes(new InferContext(node), x[axis]);
        return (0, (nint)sizes[..output].Sum() * x.Product(axis + 1, x.Rank) * node.Inputs[0]!.Type.Size());
    }

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        node.Attributes.Set("axis", (long)ChannelsLastAxis(node.Axis(node.Attributes.Int("axis", 0), rank), rank));
        return true;
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int axis = c.Node.Axis(c.Attributes.Int("axis", 0), x.Rank);
        return new SplitExecutor(x, axis, Sizes(new InferContext(c.Node), x[axis]), c.Type(0).Size());
    }

    private static long[] Sizes(InferContext c, int size) =>
        c.Node.TryIntList("split", 13, 1, out var given) && given is not null ? given : EqualParts(c, size);

    private static long[] EqualParts(InferContext c, int size)
    {
        int parts = c.OutputCount;
        if (c.Opset >= 18)
        {
            long asked = c.Attributes.Int("num_outputs", parts);
            if (asked != parts) throw c.Error($"num_outputs {asked} differs from the node's {parts} outputs");
        }
        else if (size % parts != 0)
        {
            throw c.Error($"an axis of {size} does not divide into {parts} equal parts");
        }

        long part = (size + parts - 1) / parts;
        var sizes = new long[parts];
        for (int i = 0; i < parts; i++) sizes[i] = Math.Clamp(size - i * part, 0, part);
        return sizes;
    }
}
