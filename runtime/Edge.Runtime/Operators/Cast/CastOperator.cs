using Edge.Tensors;

namespace Edge.Runtime.Operators.Cast;

/// <summary>Cast (opset 6 on) between numbers and bool (<see cref="ElementCast"/> says how) and to and from strings (<see cref="TextCastExecutor"/>).</summary>
internal sealed class CastOperator() : Operator("Cast", "", 6, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Keeps;

    public override int ViewOfInput(Graph.Node node) => node.Inputs[0]!.Type == Target(node) ? 0 : -1;

    public override LayoutRole Layout => LayoutRole.Follows;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        CastAttributes.ReadFloat8(c.Node);
        c.Output(0, Target(c.Node), c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c) => CastAttributes.Executor(c.Node.Path, c.Type(0), c.OutputType(), c.Shape(0).Count);

    private static DataType Target(Graph.Node node)
    {
        long to = node.Attributes.Int("to");
        if (to is >= 0 and <= byte.MaxValue && Enum.IsDefined((DataType)to) && ((DataType)to).Size() > 0) return (DataType)to;
        throw node.Error($"a cast to {(Onnx.ElementType)to} is not supported; supported: numbers of 8 to 64 bits, bool and string");
    }
}
