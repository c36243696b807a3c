using Edge.Tensors;

namespace Edge.Runtime.Operators.Cast;

/// <summary>CastLike: a cast to the type of the second input, whose elements do not matter.</summary>
internal sealed class CastLikeOperator() : Operator("CastLike", "", 15, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Keeps;

    public override int ViewOfInput(Graph.Node node) => node.Inputs[0]!.Type == node.Inputs[1]!.Type ? 0 : -1;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireFixedSize(1);
        CastAttributes.ReadFloat8(c.Node);
        c.Output(0, c.Type(1), c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c) => CastAttributes.Executor(c.Node.Path, c.Type(0), c.OutputType(), c.Shape(0).Count);
}
