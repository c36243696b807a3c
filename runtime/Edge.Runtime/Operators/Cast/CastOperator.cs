using Edge.Tensors;

namespace Edge.Runtime.Operators.Cast;

/// <summary>Cast (opset 6 on) between numbers and bool (<see cref="ElementCast"/> says how) and to and from strings (<see cref="TextCastExecutor"/>).</summary>
internal sealed class CastOperator() : Operator("Cast", "", 6, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Keeps;

    public override int ViewOfInput(Graph.Node node) => node.Inputs[0]!.Type == CastAttributes.Target(node, "to") ? 0 : -1;

    public override LayoutRole Layout => LayoutRole.Follows;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        CastAttributes.ReadFloat8(c.Node);
        c.Output(0, CastAttributes.Target(c.Node, "to"), c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c) => CastAttributes.Executor(c.Node.Path, c.Type(0), c.OutputType(), c.Shape(0).Count);
}
