using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Concat;

/// <summary>Concat (opset 4 on): the inputs one after the other along <c>axis</c>.</summary>
internal sealed class ConcatOperator() : Operator("Concat", "", 4, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Moves;

    public override LayoutRole Layout => LayoutRole.Follows;

    public override void Infer(InferContext c)
    {
        var first = c.Shape(0);
        int axis = c.Node.Axis(c.Attributes.Int("axis"), first.Rank);
        int[] dims = first.ToArray();
        dims[axis] = 0;
        for (int i = 0; i < c.InputCount; i++)
        {
            c.RequireFixedSize(i);
            c.RequireType(i, c.Type(0));
            var x = c.Shape(i);
            if (x.Rank != first.Rank) throw c.Error($"input {i} has shape {x}, input 0 has {first}; all must have the same rank");
            for (int a = 0; a < x.Rank; a++)
                if (a != axis && x[a] != first[a]) throw c.Error($"input {i} has shape {x}, input 0 has {first}; they may differ along axis {axis} only");
            dims[axis] = checked(dims[axis] + x[axis]);
        }

        c.Output(0, c.Type(0), new Shape(dims));
    }

    /// <summary>Along the outermost axis the inputs follow each other whole.</summary>
    public override nint? PlaceInOutput(Node node, int input)
    {
        var y = node.Outputs[0]!.Shape!.Value;
        if (y.Product(0, node.Axis(node.Attributes.Int("axis"), y.Rank)) != 1) return null;
        nint place = 0;
        for (int i = 0; i < input; i++) place += (nint)node.Inputs[i]!.Shape!.Value.Count * node.Inputs[i]!.Type.Size();
        return place;
    }

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        node.Attributes.Set("axis", (long)ChannelsLastAxis(node.Axis(node.Attributes.Int("axis"), rank), rank));
        return true;
    }

    public override Executor Prepare(PrepareContext c)
    {
        var shapes = c.Node.Inputs.Select(v => v!.Shape!.Value).ToArray();
        int axis = c.Node.Axis(c.Attributes.Int("axis"), shapes[0].Rank);
        return ConcatExecutor.OfAll(shapes, axis, c.Type(0).Size());
    }
}
